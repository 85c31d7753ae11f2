"""`steppewatch article`: look at one article, or remove it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import emit, fail, note
from cli.store import open_store

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.stories import ArticleRow
    from db.suspects import SuspectRow

ARTICLE = Annotated[str, typer.Argument(metavar="ARTICLE", help="Its id (as in the exports) or its address.")]


_SOURCES = {"form": "page", "aggregator": "feed"}
"""Kinds of texts, of a form of the page or of an aggregator's feed, by what people call them."""


def article_show(
    article: ARTICLE,
    text: Annotated[bool, typer.Option("--text", help="Print the text too.")] = False,
) -> None:
    """Print one article as a line of JSON: what it is, where it counts, which entities it mentions how often.

    `text_from` says whether its text is the page's or the feed's own, `aggregated` that the feed is an aggregator's;
    `unverified` that its sender could not prove who it is (`certificate` says why); `suspect` what else stands at its
    address now, and why that does not replace it.

    Example: steppewatch article show 17

    Example: steppewatch article show 17 --text
    """
    from db.stories import count_entities, read_articles, read_text
    from db.suspects import find_suspect
    from db.unverified import find_unverified

    with open_store().reading() as conn:
        article_id = article_id_of(conn, article)
        [row] = read_articles(conn, [article_id])
        shown, text_from = read_text(conn, article_id)
        suspect = find_suspect(conn, article_id)
        record = described(row) | {
            "entities": dict(count_entities(conn, article_id)),
            "text_from": _SOURCES.get(text_from, text_from),
        }
        record |= {"aggregated": text_from == "aggregator"}
        certificate = find_unverified(conn, article_id)
        record |= {"unverified": certificate is not None, "certificate": certificate}
        record |= {"suspect": suspect and _suspect(suspect)} | ({"text": shown} if text else {})
        emit(record)


def _suspect(suspect: SuspectRow) -> dict[str, Any]:
    return {
        "reason": suspect.reason,
        "title": suspect.title,
        "text": suspect.text,
        "looks": suspect.looks,
        "first_seen_at": plain(suspect.first_seen_at),
        "last_seen_at": plain(suspect.last_seen_at),
    }


def article_remove(
    article: ARTICLE,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove an article with its revisions, mentions and raw captures; coverage is counted anew without it.

    Its address is not fetched again by itself. Its reprints stay, and are compared with each other anew.

    Example: steppewatch article remove https://example.org/news/17 --yes
    """
    from db.headlines import headline
    from db.stories import read_articles
    from worker.recount import recount
    from worker.stories import remove

    database = open_store()
    with database.reading() as conn:
        article_id = article_id_of(conn, article)
        [row] = read_articles(conn, [article_id])
    if not yes:
        called = headline(row.title, row.beginning) or row.url
        typer.confirm(f"Remove {called} ({row.source_name}, {row.counts_on})?", abort=True, err=True)
    database.write(lambda conn: remove(conn, article_id))
    recount(database)
    note(f"removed article {article_id}: {row.url}")


def article_id_of(conn: Connection, asked: str) -> int:
    """Return the id of an article; end the command when there is none."""
    from db.stories import find_article

    found = find_article(conn, asked)
    if found is None:
        fail(f"there is no article {asked}", hint="steppewatch export articles lists ids and addresses")
    return found


def described(row: ArticleRow) -> dict[str, Any]:
    """Return an article as a record for JSON."""
    from db.headlines import headline

    record = {field.name: plain(getattr(row, field.name)) for field in dataclasses.fields(row)}
    del record["beginning"]
    record["headline"] = headline(row.title, row.beginning) or None
    return {"article_id": record.pop("id")} | record


def plain(value: object) -> object:
    """Return a value as JSON has it: an instant in UTC, a day."""
    from datetime import UTC, date, datetime

    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else value
