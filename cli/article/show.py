"""`steppewatch article show`: one article, and its text with the names marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.article.remove import ARTICLE, find_article_id
from cli.shared.output import emit, escape_controls
from cli.shared.store import open_store
from cli.shared.tables import Format, wants_json

if TYPE_CHECKING:
    from rich.text import Text

    Mentions = Sequence[tuple[str, int, int, str]]


def article_show(
    article: ARTICLE,
    text: Annotated[bool, typer.Option("--text", help="Print the text too, on a terminal with its names marked.")] = (
        False
    ),
    format: Annotated[Format | None, typer.Option(help="json, or table: to be read; that on a terminal.")] = None,
) -> None:
    """Show one article: its metadata, its story, and its entities with their counts. Prints JSON for scripts.

    Names are marked by colour, or as `[Ankara → turkey]` without colour.

    `text_from` is the origin of the text, page or feed; `aggregated` means that the feed is an aggregator's;
    `unverified` means that the server's certificate was bad (for the reason in `certificate`); `suspect` is another
    text found at its address, with the reason why it does not replace this one.

    Example: steppewatch article show 17

    Example: steppewatch article show 17 --text
    """
    from db.articles.details import read_mentions, read_text
    from worker.search.articles import read_article_record

    with open_store().reading() as conn:
        article_id = find_article_id(conn, article)
        words, text_from = read_text(conn, article_id)
        record = read_article_record(conn, article_id, text_from)
        mentions = read_mentions(conn, article_id)
    if wants_json(format):
        emit(record | ({"text": words} if text else {}))
    else:
        _print(record, words if text else None, mentions)


def _print(record: dict[str, Any], text: str | None, mentions: Mentions) -> None:
    from rich.console import Console

    from cli.shared.marked_names import mark_names
    from worker.text.marked_spans import select_spans, split_stretches

    console = Console(highlight=False)
    in_colour = console.color_system is not None and not console.no_color
    title = record["title"] or ""
    lines: list[Text | str] = []
    if title:
        spans = select_spans("title", mentions) if text is not None else []
        headline = mark_names(split_stretches(title, spans), in_colour=in_colour)
        headline.stylize("bold")
        lines.append(headline)
    lines += _iter_fact_lines(record)
    if text is not None:
        lines += ["", mark_names(split_stretches(text, select_spans("text", mentions)), in_colour=in_colour), ""]
    names = ", ".join(f"{entity} {count}" for entity, count in record["entities"].items())
    lines.append(f"names: {names or 'none that the vocabulary knows'}")
    for line in lines:
        console.print(line, markup=False, soft_wrap=not console.is_terminal)


def _iter_fact_lines(record: dict[str, Any]) -> Iterator[str]:
    """Yield lines that describe an article."""
    by = f", {record['author']}" if record["author"] else ""
    day = record["published_at"][:10] if record["published_is_day"] else record["published_at"]
    dated = f"published {day}" if day else f"without a date; collected {record['collected_at']}"
    yield escape_controls(f"{record['source_name']}{by}; {dated}")
    yield escape_controls(record["url"])
    kinds = (record["language"], record["genre"], {True: "in scope", False: "out of scope"}.get(record["in_scope"]))
    texts = f"{record['revisions']} texts" if record["revisions"] > 1 else "one text"
    story = f"in the story of {record['story']}" if record["story"] not in (None, record["article_id"]) else None
    origin = "an aggregator's feed" if record["aggregated"] else f"the {record['text_from']}"
    known = (f"article {record['article_id']}", story, *kinds, f"{texts}, from {origin}")
    yield ", ".join(fact for fact in known if fact)
    if record["unverified"]:
        yield escape_controls(f"unverified: {record['certificate']}")
    if suspect := record["suspect"]:
        yield escape_controls(
            f"another text has been at its address since {suspect['first_seen_at']}, held back: {suspect['reason']}"
            f" ({suspect['title'] or suspect['text'][:60]})"
        )
