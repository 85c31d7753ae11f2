"""Document → the article that queries see, without a database: extracted, tagged, its outlet looked up."""

from __future__ import annotations

from datetime import datetime

from db.collection.sources.book import SourceBook, name_key, new_source
from db.net.urls import read_host, unwrapped
from worker.catalogue.files import ListedOutlet, read_catalogue
from worker.chain.batch.identify import clean, identify
from worker.chain.documents import Document, Rejected
from worker.extract.language.passages import find_passages
from worker.query.article import Mentioned, QueryArticle
from worker.query.article import QueryOutlet as Publisher
from worker.query.names import QueryNames
from worker.tagging.tagger import Tagger
from worker.vocabulary.entities import Vocabulary
from worker.vocabulary.loader import packaged_folder, read_vocabulary


class Preview:
    """Reads documents with the packaged vocabulary and catalogue. Loading these may raise errors."""

    def __init__(self) -> None:
        self.vocabulary: Vocabulary = read_vocabulary(packaged_folder())
        self._tagger = Tagger(self.vocabulary)
        self._outlets = {outlet.id: outlet for outlet in read_catalogue(packaged_folder())}
        self._book = SourceBook(ids=set(self._outlets))
        for outlet in self._outlets.values():
            self._book.by_name.setdefault(name_key(outlet.name), outlet.id)
            self._book.by_domain.update(dict.fromkeys(_domains(outlet), outlet.id))

    def known(self) -> QueryNames:
        """Return the names for checking queries."""
        return QueryNames.of(self.vocabulary, map(_published_by, self._outlets.values()))

    def article(self, document: Document, *, now: datetime) -> QueryArticle | Rejected:
        """Return the article that `ingest` would store for a document, as queries see it."""
        identified = identify(document, now=now)
        if isinstance(identified, Rejected):
            return identified
        fields = {"title": identified.title or "", "text": identified.text}
        passages = {field: find_passages(text, identified.language) for field, text in fields.items()}
        day = identified.published_at.date() if identified.published_at else None
        return QueryArticle(
            title=fields["title"],
            text=fields["text"],
            author=identified.author or "",
            source=self.outlet(document),
            language=identified.language,
            url=identified.url,
            published_at=identified.published_at,
            mentions=tuple(
                Mentioned(
                    field=field,
                    start=found.start,
                    end=found.end,
                    entity=found.entity,
                    type=found.type,
                    level=found.level,
                )
                for field, found in self._tagger.tag_fields(
                    fields, identified.language, passages, second=identified.second_language, day=day
                )
            ),
        )

    def outlet(self, document: Document) -> Publisher:
        """Return the outlet of a document, or a new one if the catalogue does not have it."""
        hint = clean(document.source or "") or None
        url = unwrapped(clean(document.url or "").strip()) or None
        known = (self._book.find_by_hint(hint) if hint else None) or (self._book.find_by_url(url) if url else None)
        if known is None:
            source = new_source(hint, url)
            return Publisher(source.id, (source.name, *source.domains))
        return _published_by(self._outlets[known])


def _published_by(outlet: ListedOutlet) -> Publisher:
    return Publisher(outlet.id, (outlet.name, *_domains(outlet)), outlet.country)


def _domains(outlet: ListedOutlet) -> list[str]:
    return sorted({*outlet.domain_aliases, read_host(outlet.homepage or "")} - {""})
