"""Tagging of stored texts with one version of the vocabulary: their mentions, and whether they are in scope. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Final, Protocol

from db.articles.mentions import MentionIn, TaggedRevision
from worker.extract.language.passages import find_passages
from worker.tagging.pieces import iter_pieces
from worker.tagging.tagger import Mention, Tagger, moved
from worker.vocabulary.entities import Vocabulary
from worker.vocabulary.scope import Scope

MOST_MENTIONS: Final = 2_000
"""Maximum of stored mentions per text, which limits counting and matching. Articles have some dozens, whole books some
thousands.
"""


class TaggableText(Protocol):
    """A revision, with the fields for tagging."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str | None: ...
    @property
    def text(self) -> str: ...
    @property
    def language(self) -> str | None: ...
    @property
    def second_language(self) -> str | None: ...
    @property
    def published_at(self) -> datetime | None: ...


class RevisionTagger:
    """Finds the mentions of one version of the vocabulary in stored texts."""

    def __init__(self, vocabulary: Vocabulary, version: str, cache: Path | None = None) -> None:
        """`cache`: the folder for compiled automata."""
        self.version = version
        self._tagger = Tagger(vocabulary, cache)
        self._scope = Scope(vocabulary.scope, vocabulary.entities) if vocabulary.scope else None

    def prepare(self) -> None:
        """Build the automata for all languages in advance."""
        self._tagger.prepare()

    def tag(self, revision: TaggableText) -> TaggedRevision:
        """Return the mentions in the title and the text of a revision."""
        chosen = KeptMentions()
        named: Counter[tuple[str, str]] = Counter()
        for field, mention in self._iter_found(revision):
            chosen.add(field, mention)
            named[field, mention.entity] += 1
        mentions = [_mention_in(revision.id, field, mention) for field, mention in chosen.kept()]
        if self._scope is None:
            return TaggedRevision(mentions, None, chosen.left_out)
        length = len(revision.title or "") + len(revision.text)
        return TaggedRevision(mentions, self._scope.judge(named.elements(), length).in_scope, chosen.left_out)

    def _iter_found(self, revision: TaggableText) -> Iterator[tuple[str, Mention]]:
        title = revision.title or ""
        day = revision.published_at.date() if revision.published_at else None
        for offset, piece in iter_pieces(revision.text):
            fields = {"title": "" if offset else title, "text": piece}
            passages = {field: find_passages(text, revision.language) for field, text in fields.items()}
            for field, mention in self._tagger.tag_fields(
                fields, revision.language, passages, second=revision.second_language, day=day
            ):
                yield field, moved(mention, offset) if offset else mention


class KeptMentions:
    """Selects the stored mentions of one text: the first of each entity, then the others in their order."""

    def __init__(self, most: int = MOST_MENTIONS) -> None:
        self._most = most
        self._seen: set[str] = set()
        self._firsts: list[tuple[int, str, Mention]] = []
        self._others: list[tuple[int, str, Mention]] = []
        self._number = 0

    def add(self, field: str, mention: Mention) -> None:
        """Add the next mention in reading order."""
        is_first = mention.entity not in self._seen
        self._seen.add(mention.entity)
        mentions = self._firsts if is_first else self._others
        if len(mentions) < self._most:
            mentions.append((self._number, field, mention))
        self._number += 1

    def kept(self) -> list[tuple[str, Mention]]:
        """Return the selected mentions in reading order."""
        kept = (self._firsts + self._others)[: self._most]
        return [(field, mention) for _, field, mention in sorted(kept, key=itemgetter(0))]

    @property
    def left_out(self) -> int:
        """Number of mentions left out."""
        return max(self._number - self._most, 0)


def remark_on(tagged: TaggedRevision | None) -> str | None:
    """Return a remark on a text with more mentions than are stored."""
    if tagged is None or not tagged.left_out:
        return None
    number, kept = len(tagged.mentions) + tagged.left_out, len(tagged.mentions)
    return f"names {number:,} times what the vocabulary knows; {kept:,} are kept, the first of each entity among them"


def _mention_in(revision_id: int, field: str, mention: Mention) -> MentionIn:
    return MentionIn(
        revision_id=revision_id,
        field=field,
        start=mention.start,
        end=mention.end,
        entity_id=mention.entity,
        surface=mention.surface,
        alias=mention.alias,
        language=mention.language,
        rule=mention.rule,
        level=mention.level,
        metonym_of=mention.metonym_of,
    )
