"""One article as a record, with everything that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from db.articles.details import count_entities, read_articles
from db.articles.suspects import SuspectRow, find_suspect
from db.collection.sources.unverified import find_unverified
from db.enums.articles import TextFrom
from worker.lib.plain_values import to_plain
from worker.search.records import article_record

_ORIGINS: Mapping[str, str] = {TextFrom.FORM: TextFrom.PAGE, TextFrom.AGGREGATOR: TextFrom.FEED}
"""Names for the origin of a text: a form on the page, or an aggregator's feed."""


def read_article_record(conn: Connection, article_id: int, text_from: str) -> dict[str, Any]:
    """Return an existing article without its text, whose origin is `text_from` (see `db.articles.details.read_text`).

    It has its metadata, its entities with their counts, and what is doubtful about its text.
    """
    [row] = read_articles(conn, [article_id])
    suspect, certificate = find_suspect(conn, article_id), find_unverified(conn, article_id)
    return article_record(row) | {
        "entities": dict(count_entities(conn, article_id)),
        "text_from": _ORIGINS.get(text_from, text_from),
        "aggregated": text_from == TextFrom.AGGREGATOR,
        "unverified": certificate is not None,
        "certificate": certificate,
        "suspect": suspect and _suspect(suspect),
    }


def _suspect(suspect: SuspectRow) -> dict[str, Any]:
    return {
        "reason": suspect.reason,
        "title": suspect.title,
        "text": suspect.text,
        "looks": suspect.looks,
        "first_seen_at": to_plain(suspect.first_seen_at),
        "last_seen_at": to_plain(suspect.last_seen_at),
    }
