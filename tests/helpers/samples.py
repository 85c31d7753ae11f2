"""Invented articles for tests. No outlet, person or event in them is real, except the names of the vocabulary."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import templates
from templates import copied
from vocabularies import packaged_vocabulary

from db import migrate
from db.engine import Database
from db.vocabulary.versions import current_version
from worker.catalogue.files import ListedOutlet, read_catalogue
from worker.chain.batch.tag import RevisionTagger
from worker.chain.documents import Document
from worker.chain.pipeline import Pipeline
from worker.extract.language.model import mapped
from worker.matching.matcher import SubscriptionMatcher
from worker.setup import load_catalogue, load_vocabulary
from worker.tagging.tagger import Tagger
from worker.vocabulary.entities import Vocabulary
from worker.vocabulary.loader import packaged_folder

NOON = datetime(2022, 1, 6, 12, tzinfo=UTC)

PARAGRAPHS = (
    "The ministers of Kazakhstan and Turkey met in the old customs house on the lake to talk about the drills.",
    "Nobody expected the CSTO to send observers, yet three officers with folding chairs arrived before breakfast.",
    "A baker from the harbour sold them bread, and the price of a loaf became the first agreed figure of the day.",
    "By noon the delegation of the Organization of Turkic States had moved the tables into the shade of the poplars.",
    "The communique speaks of trust, of telephone numbers exchanged, and of a second meeting when the ice is gone.",
    "Critics in the capital call the whole affair a picnic; the officers packed their chairs and did not comment.",
)
OTHER = (
    "Apple growers in the valley have begun to label their crates in four alphabets, one for each border they cross.",
    "The frost came late this year and the cooperative of Uzbekistan counts on a harvest like that of its founding.",
    "Two lorries a day leave for the pass, and the drivers say that the new scanner reads faster than the old clerk.",
    "Whoever buys a crate gets a card with the name of the tree; children trade the cards behind the school.",
)


def text(*numbers: int, of: tuple[str, ...] = PARAGRAPHS) -> str:
    """Return some of the invented paragraphs as one text."""
    return "\n".join(of[number] for number in numbers)


def document(
    url: str | None = "https://outlet.example/a",
    *,
    body: str | None = None,
    title: str | None = "A meeting on the lake",
    published_at: datetime | None = NOON,
    observed_at: datetime = NOON,
    source: str | None = None,
    subject: str | None = None,
    language: str | None = "en",
) -> Document:
    """Return an invented document; what is not given is the same for all."""
    return Document(
        subject=subject or url or "a text",
        url=url,
        title=title,
        text=text(0, 1, 2, 3, 4, 5) if body is None else body,
        author=None,
        language=language,
        published_at=published_at,
        published_is_day=False,
        observed_at=observed_at,
        source=source,
    )


@cache
def packaged() -> tuple[Vocabulary, tuple[ListedOutlet, ...]]:
    """Return what the package holds, read only once."""
    return packaged_vocabulary(), read_catalogue(packaged_folder())


def chain_over(database: Database, clock: Callable[[], datetime] = lambda: NOON) -> Pipeline:
    """Return the chain over a store; it finds the packaged vocabulary compiled, which takes it three seconds itself."""
    return _Chain(database, clock=clock, cache=_cache_of_chains())


class _Chain(Pipeline):
    """A chain that finds the packaged vocabulary read, if that is the store's; equal versions have equal content."""

    def _load_vocabulary(self) -> RevisionTagger:
        if self._tagger is None and self.database.read(current_version) == packaged_vocabulary().version:
            self._tagger = _packaged_tagger()
            self._watch = SubscriptionMatcher(packaged_vocabulary())
        return super()._load_vocabulary()


@cache
def _packaged_tagger() -> RevisionTagger:
    """Return a tagger for stored texts, which all chains of this process use; what it holds depends on no text."""
    return RevisionTagger(packaged_vocabulary(), packaged_vocabulary().version, _cache_of_chains())


@cache
def _cache_of_chains() -> Path:
    """Return a cache for the chains of this process, which may put other vocabularies there."""
    folder = templates.folder() / "cache-of-chains"
    shutil.copytree(warm_cache(), folder, copy_function=os.link)
    return folder


@cache
def warm_cache() -> Path:
    """Return a folder with what a first command puts into its cache in five seconds; made once in a test run."""
    folder = templates.shared_folder() / "cache"
    folder.mkdir(exist_ok=True)
    with (folder.parent / "cache.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the first process of the test run makes it, the others find it made
        Tagger(packaged_vocabulary(), folder)
        mapped(folder)
    return folder


def prepared_store(url: str) -> Database:
    """Return what `worker.setup.prepare` makes of an empty database, made only once."""
    return copied(url, _prepare)


def _prepare(database: Database) -> None:
    migrate.upgrade(database)
    vocabulary, outlets = packaged()
    database.write(lambda conn: load_vocabulary(conn, vocabulary, now=NOON))
    database.write(lambda conn: load_catalogue(conn, outlets, now=NOON))
