"""Matching articles on a terminal: headline, address and a snippet around the matched words."""

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


def marked_hit(hit: BacktestHit) -> tuple[Sequence[Piece], Sequence[Piece]]:
    """Return the headline (or the first words) and a snippet, with the matched words marked."""
    from worker.messages.snippet import marked

    words = make_snippet(hit.row.text, hit.verdict)
    return (marked(hit.row.title, _spans(hit.verdict, "title")), words) if hit.row.title else (words, ())


def make_snippet(text: str, verdict: Verdict | None) -> Sequence[Piece]:
    """Return a snippet around the matched words, which are marked; without a verdict, the first words."""
    from worker.messages.snippet import snippet

    return snippet(text, _spans(verdict, "text") if verdict else (), length=_SNIPPET)


def _spans(verdict: Verdict, field: str) -> list[tuple[int, int]]:
    return [
        (fired.start, fired.end)
        for fired in verdict.because
        if fired.field == field and fired.start is not None and fired.end is not None
    ]


def article_cell(title: Sequence[Piece], url: str, words: Sequence[Piece] = ()) -> Text:
    """Return a cell with headline, address and snippet on separate lines; matched words are bold."""
    from rich.text import Text

    from worker.messages.snippet import Piece

    cell = Text(overflow="fold")
    for pieces in (title, (Piece(url),), words):
        for piece in (Piece("\n"), *pieces) if cell and pieces else pieces:
            cell.append(escape_controls(piece.text), "bold" if piece.is_marked else "")
    return cell


def hit_cell(hit: BacktestHit) -> Text:
    """Return the table cell for a hit."""
    title, words = marked_hit(hit)
    return article_cell(title, hit.row.url, words)
