"""Matching articles on a terminal: headline, address and a snippet around the matched words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.shared.output import escape_controls

if TYPE_CHECKING:
    from rich.text import Text

    from worker.matching.backtest import BacktestHit
    from worker.messages.snippet import Piece


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
    from worker.search.hits import mark_hit

    title, words = mark_hit(hit)
    return article_cell(title, hit.row.url, words)
