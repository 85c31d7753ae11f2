"""Text with its entity names marked, for reading on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cli.shared.output import escape_controls

if TYPE_CHECKING:
    from rich.text import Text

    from worker.text.marked_spans import Stretch


def mark_names(stretches: Iterable[Stretch[str]], *, in_colour: bool) -> Text:
    """Return the text with its names marked, in colour or as `[Ankara → turkey]`.

    In colour, the id follows only the first mention of an entity, so that the text stays readable.
    """
    from rich.text import Text

    shown, shown_ids = Text(), set[str]()
    for stretch in stretches:
        words, ids = escape_controls(stretch.text), ", ".join(stretch.keys)
        if not ids:
            shown.append(words)
        elif not in_colour:
            shown.append(f"[{words} → {ids}]")
        else:
            shown.append(words, "bold cyan")
            if not shown_ids.issuperset(stretch.keys):
                shown.append(f" → {ids}", "dim")
            shown_ids.update(stretch.keys)
    return shown
