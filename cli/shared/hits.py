"""Articles that a query found, for people: headline, address and a few words around those that fired."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.shared.output import escape_controls

if TYPE_CHECKING:
    from rich.text import Text

    from worker.matching.backtest import BacktestHit
    from worker.messages.snippet import Piece
    from worker.query.evaluate import Verdict

_SNIPPET = 160


def told(hit: BacktestHit) -> tuple[Sequence[Piece], Sequence[Piece]]:
    """Return the headline, or the first words, and a snippet; what fired is marked."""
    from worker.messages.snippet import marked

    words = snippet_of(hit.row.text, hit.verdict)
    return (marked(hit.row.title, _spans(hit.verdict, "title")), words) if hit.row.title else (words, ())


def snippet_of(text: str, verdict: Verdict | None) -> Sequence[Piece]:
    """Return a few words around those that fired, which are marked; without any the first words."""
    from worker.messages.snippet import snippet

    return snippet(text, _spans(verdict, "text") if verdict else (), length=_SNIPPET)


def _spans(verdict: Verdict, field: str) -> list[tuple[int, int]]:
    return [
        (fired.start, fired.end)
        for fired in verdict.because
        if fired.field == field and fired.start is not None and fired.end is not None
    ]


def article_cell(title: Sequence[Piece], url: str, words: Sequence[Piece] = ()) -> Text:
    """Return headline, address and words below each other; what fired is bold."""
    from rich.text import Text

    from worker.messages.snippet import Piece

    cell = Text(overflow="fold")
    for pieces in (title, (Piece(url),), words):
        for piece in (Piece("\n"), *pieces) if cell and pieces else pieces:
            cell.append(escape_controls(piece.text), "bold" if piece.is_marked else "")
    return cell


def found_cell(hit: BacktestHit) -> Text:
    """Return the cell of what a query found."""
    title, words = told(hit)
    return article_cell(title, hit.row.url, words)
