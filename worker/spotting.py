"""One vocabulary at work: what it finds in a stored text, and whether that is in scope. Pure."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from db.mentions import MentionIn, Tagged
from worker.extract.passages import find_passages
from worker.tagging.scope import Scope
from worker.tagging.tagger import Tagger
from worker.tagging.vocabulary import Vocabulary


class Text(Protocol):
    """A revision, as far as tagging needs it."""

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


class Spotter:
    """Finds the mentions of one version of the vocabulary in stored texts."""

    def __init__(self, vocabulary: Vocabulary, version: str, cache: Path | None = None) -> None:
        """`cache`: the folder in which compiled automata are kept."""
        self.version = version
        self._tagger = Tagger(vocabulary, cache)
        self._scope = Scope(vocabulary.scope, vocabulary.entities) if vocabulary.scope else None

    def prepare(self) -> None:
        """Build what the first text of each language would build."""
        self._tagger.prepare()

    def spot(self, revision: Text) -> Tagged:
        """Return what stands in the title and the text of a revision."""
        fields = {"title": revision.title or "", "text": revision.text}
        passages = {field: find_passages(text, revision.language) for field, text in fields.items()}
        mentions = [
            MentionIn(
                revision_id=revision.id,
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
            for field, mention in self._tagger.tag_fields(
                fields, revision.language, passages, second=revision.second_language
            )
        ]
        if self._scope is None:
            return Tagged(mentions, None)
        named = ((mention.field, mention.entity_id) for mention in mentions)
        return Tagged(mentions, self._scope.judge(named, sum(map(len, fields.values()))).in_scope)
