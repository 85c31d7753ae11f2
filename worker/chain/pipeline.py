"""The chain: a batch of documents through all stages, in two transactions.

    documents → identify → (1) articles, revisions, fingerprints
              → tag, compare, match the subscriptions
              → (2) mentions, links, clusters, marks, matches, outbox, outcomes; only here the stage advances

The work between the transactions holds no lock. A batch interrupted there is repeated: the rows are still `stored` or
`fetched`, and every write is idempotent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from db import outcomes
from db.articles import mentions, revisions, suspects, word_index
from db.articles.mentions import TaggedRevision
from db.articles.recording import recording
from db.articles.recording.arrivals import ArticleIn, Recorded
from db.articles.revisions import RevisionOut
from db.collection.sources import removals
from db.collection.sources.book import load_book, resolve
from db.coverage import cells
from db.dialect.locks import lock_commonplaces
from db.engine import Database
from db.enums.outcomes import InputOutcome, Stage
from db.net.urls import registrable_domain
from db.stories import clusters
from db.vocabulary import versions
from worker.chain.batch import page_watch
from worker.chain.batch.counting import count_endings
from worker.chain.batch.following import WithheldText, follow
from worker.chain.batch.identify import Identified, clean, identify
from worker.chain.batch.input_results import endings, late_endings
from worker.chain.batch.joining import JOINING
from worker.chain.batch.linked_hosts import record_linked_hosts
from worker.chain.batch.rows import reject_removed, to_article, to_revision
from worker.chain.batch.tag import RevisionTagger
from worker.chain.documents import Document, InputResult, Rejected
from worker.extract.genre import genre_of_kind
from worker.extract.language.detection import keep_model_in, load_model
from worker.matching import matcher
from worker.matching.freeing import free
from worker.matching.word_index import index_terms
from worker.stories import commonplaces
from worker.stories.linking import VerifiedLink, find_originals, judge, list_samples, renewed
from worker.vocabulary.entities import Vocabulary

Input = Document | Rejected
log = logging.getLogger("worker")
Clock = Callable[[], datetime]


class NoVocabulary(RuntimeError):
    """The database has no vocabulary yet; `worker.setup.prepare` loads the packaged one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The analysis of revisions between the two transactions."""

    revisions: Sequence[RevisionOut]
    tagged: Mapping[int, TaggedRevision]
    judged: VerifiedLink
    hits: matcher.MatchesFound
    words: Mapping[int, Collection[str]]
    vocabulary_version: str


class Pipeline:
    """The state of one process for taking batches through the stages. Not shared between threads."""

    def __init__(self, database: Database, *, clock: Clock, lease_s: float = 60, cache: Path | None = None) -> None:
        self.database = database
        self.clock = clock
        self.lease = timedelta(seconds=lease_s)
        self._cache = cache
        if cache:
            keep_model_in(cache)
        self._tagger: RevisionTagger | None = None
        self._matcher = matcher.SubscriptionMatcher()

    def load(self) -> RevisionTagger:
        """Return the tagger of the current vocabulary, and refresh the subscriptions.

        Only compares versions if nothing changed.
        """
        tagger = self._load_vocabulary()
        with self.database.reading() as conn:
            unreadable = self._matcher.refresh(conn)
        if unreadable:
            self.database.write(lambda conn: outcomes.record_problems(conn, Stage.MATCH, unreadable, at=self.clock()))
        return tagger

    def _load_vocabulary(self) -> RevisionTagger:
        with self.database.reading() as conn:
            version = versions.current_version(conn)
            if version is None:
                raise NoVocabulary("no vocabulary is loaded: run `steppewatch migrate` first")
            if self._tagger is not None and self._tagger.version == version:
                return self._tagger
            content = versions.get_content(conn, version)
        vocabulary = Vocabulary.from_json(content)
        self._tagger = RevisionTagger(vocabulary, version, self._cache)
        self._matcher = matcher.SubscriptionMatcher(vocabulary)
        return self._tagger

    def warm_up(self) -> None:
        """Load all resources that the first text of any language would load; for a parent before it forks."""
        self.load().prepare()
        load_model()
        registrable_domain("steppewatch.example")

    def process(self, inputs: Sequence[Input]) -> list[InputResult]:
        """Take documents through the whole chain; return their results in the order of the input."""
        tagger = self.load()
        now = self.clock()
        taken = [entry if isinstance(entry, Rejected) else _identified(entry, now) for entry in inputs]
        taken, withheld = self._follow(taken, now)
        identified = [entry for entry in taken if isinstance(entry, Identified)]
        results, rejected = self._store(identified, now)
        taken = [rejected.get(id(entry), entry) for entry in taken]
        waiting = [
            to_revision(entry, result)
            for entry in identified
            if (result := results.get(id(entry))) is not None and result.revision_id is not None
        ]
        if others := [revision_id for result in results.values() for revision_id in result.others]:
            waiting += self.database.read(lambda conn: revisions.read_revisions(conn, others))
        analysis = self._analyse(tagger, waiting)
        return self.database.write(
            lambda conn: self._commit(
                conn, analysis, [(entry, results.get(id(entry))) for entry in taken], withheld, now
            )
        )

    def _follow(
        self, taken: Sequence[Identified | Rejected], now: datetime
    ) -> tuple[list[Identified | Rejected], dict[int, WithheldText]]:
        """Reject the entries that must not replace the text at their address; return all, and the rejected by
        capture.
        """
        urls = {entry.canonical_url for entry in taken if isinstance(entry, Identified) and entry.document.capture_id}
        current = self.database.read(lambda conn: suspects.read_current(conn, urls)) if urls else {}
        entries: list[Identified | Rejected] = []
        withheld: dict[int, WithheldText] = {}
        for entry in taken:
            followed = entry
            if isinstance(entry, Identified):
                result = follow(entry, current.get(entry.canonical_url), now=now)
                if isinstance(result, WithheldText):
                    followed = result.rejected
                    withheld[result.rejected.capture_id or 0] = result
                else:
                    followed = result
            entries.append(followed)
        return entries, withheld

    def resume(self, revision_ids: Sequence[int]) -> list[InputResult]:
        """Finish stored revisions of a batch interrupted between its transactions."""
        tagger = self.load()
        with self.database.reading() as conn:
            waiting = revisions.read_revisions(conn, revision_ids)
        analysis = self._analyse(tagger, waiting)
        return self.database.write(lambda conn: self._commit(conn, analysis, [], {}, self.clock()))

    def _store(
        self, identified: Sequence[Identified], now: datetime
    ) -> tuple[dict[int, Recorded], dict[int, Rejected]]:
        """Store documents in the first transaction; without any there is none."""
        return self.database.write(lambda conn: self._record(conn, identified, now)) if identified else ({}, {})

    def _record(
        self, conn: Connection, identified: Sequence[Identified], now: datetime
    ) -> tuple[dict[int, Recorded], dict[int, Rejected]]:
        """Store documents; return what became of each by its `id()`, and those that belong to removed outlets."""
        book = load_book(conn)
        removed = removals.add_removed(conn, book)
        rejected: dict[int, Rejected] = {}
        rows: list[tuple[int, ArticleIn]] = []
        for entry in identified:
            document = entry.document
            hint, name = (clean(written or "") or None for written in (document.source, document.source_name))
            source_id = document.source_id or resolve(
                conn, book, hint=hint, name=name, url=entry.canonical_url, now=now
            )
            if source_id in removed:
                rejected[id(entry)] = reject_removed(document, source_id)
            else:
                genre = entry.genre or genre_of_kind(book.kinds.get(source_id))
                rows.append((id(entry), to_article(entry, source_id, genre)))
        articles = [article for _, article in rows]
        recorded = (
            recording.record_articles(conn, articles, lease_until=now + self.lease, joining=JOINING) if articles else []
        )
        return {key: result for (key, _), result in zip(rows, recorded, strict=True)}, rejected

    def _analyse(self, tagger: RevisionTagger, waiting: Sequence[RevisionOut]) -> Analysis:
        tagged = {revision.id: tagger.tag(revision) for revision in waiting}
        samples = list_samples(waiting)
        commonplaces.settle(self.database, samples, now=self.clock())
        with self.database.reading() as conn:
            judged = judge(conn, waiting, samples)
            texts = self._matcher.read(conn, [revision.id for revision in waiting])
        hits = self._matcher.match(texts, {revision_id: found.mentions for revision_id, found in tagged.items()})
        words = {revision.id: index_terms(revision.title, revision.text, revision.language) for revision in waiting}
        return Analysis(
            revisions=waiting, tagged=tagged, judged=judged, hits=hits, words=words, vocabulary_version=tagger.version
        )

    def _commit(
        self,
        conn: Connection,
        analysis: Analysis,
        entries: Sequence[tuple[Identified | Rejected, Recorded | None]],
        withheld: Mapping[int, WithheldText],
        now: datetime,
    ) -> list[InputResult]:
        finished = self._store_analysis(conn, analysis, now)
        ended = (
            endings(entries, finished, analysis.tagged)
            if entries
            else late_endings(analysis.revisions, finished, analysis.tagged)
        )
        first_time = count_endings(conn, ended, now)
        page_watch.record_looks(conn, entries, withheld, first_time, now=now)
        record_linked_hosts(conn, entries, ended, first_time, now=now)
        return ended

    def _store_analysis(self, conn: Connection, analysis: Analysis, now: datetime) -> dict[int, InputOutcome]:
        """Store mentions, links, clusters and matches; return the outcome of each revision finished here."""
        if not analysis.revisions:
            return {}
        lock_commonplaces(conn, alone=False)
        links = renewed(conn, analysis.judged, analysis.revisions).links
        article_of = revisions.lock_articles(conn, [revision.id for revision in analysis.revisions])
        article_ids = sorted(set(article_of.values()))
        clusters.record_links(conn, links)
        connected = clusters.lock_connected(conn, article_ids)
        done = revisions.finish_revisions(conn, sorted(article_of), vocabulary_version=analysis.vocabulary_version)
        if not done:
            return {}
        mentions.record_mentions(
            conn,
            done,
            [mention for revision_id in done for mention in analysis.tagged[revision_id].mentions],
            vocabulary_version=analysis.vocabulary_version,
        )
        revisions.record_scope(conn, {revision_id: analysis.tagged[revision_id].in_scope for revision_id in done})
        originals = find_originals(connected)
        moved = clusters.record_clusters(conn, connected.members, originals)
        cells.mark_articles(conn, sorted({*article_ids, *moved}))
        free(conn, moved, now=now)
        matcher.record_matches(conn, analysis.hits, done, now=now)
        word_index.record_words(conn, {revision_id: analysis.words[revision_id] for revision_id in done})
        result = revisions.find_outcomes(conn, done)
        for revision_id, outcome in result.items():
            if outcome is InputOutcome.NEW and originals[article_of[revision_id]] != article_of[revision_id]:
                result[revision_id] = InputOutcome.COPY
        return result


def _identified(document: Document, now: datetime) -> Identified | Rejected:
    try:
        return identify(document, now=now)
    except Exception as error:  # an unforeseen text must not fail its whole batch
        log.exception("%s: could not be identified", document.subject)
        return Rejected(
            subject=document.subject,
            reason=f"internal error: {error!r}",
            source_id=document.source_id,
            capture_id=document.capture_id,
        )
