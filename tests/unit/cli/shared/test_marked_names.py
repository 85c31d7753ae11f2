"""A text with its names marked: whole whatever the mentions are, and to be read without colours too."""

from __future__ import annotations

import pytest

from cli.shared.marked_names import mark_names
from worker.text.marked_spans import split_stretches

# Invented: none of this was ever published.
TEXT = "Ankara and Baku met in Ankara."
Span = tuple[int, int, str]
SPANS: list[Span] = [(0, 6, "turkey"), (11, 15, "azerbaijan"), (23, 29, "turkey")]


def plain(text: str, spans: list[Span]) -> str:
    return mark_names(split_stretches(text, spans), in_colour=False).plain


def test_without_colours_each_name_says_whose_it_is() -> None:
    assert plain(TEXT, SPANS) == "[Ankara → turkey] and [Baku → azerbaijan] met in [Ankara → turkey]."


def test_in_colour_an_id_follows_where_an_entity_is_named_first() -> None:
    text = mark_names(split_stretches(TEXT, SPANS), in_colour=True)
    assert text.plain == "Ankara → turkey and Baku → azerbaijan met in Ankara."
    assert [text.plain[span.start : span.end] for span in text.spans if span.style == "bold cyan"] == [
        "Ankara",
        "Baku",
        "Ankara",
    ]


@pytest.mark.parametrize(
    ("spans", "shown"),
    [
        pytest.param([(0, 6, "ankara"), (0, 6, "turkey")], "[Ankara → ankara, turkey] and", id="two of one place"),
        pytest.param([(0, 15, "pact"), (0, 6, "turkey")], "[Ankara and Baku → pact, turkey] met", id="one within"),
        pytest.param([(0, 10, "pact"), (7, 15, "axis")], "[Ankara and Baku → pact, axis] met", id="one over the other"),
        pytest.param([(0, 6, "ankara"), (0, 6, "ankara")], "[Ankara → ankara] and", id="the same twice"),
    ],
)
def test_mentions_that_overlap_are_marked_together(spans: list[Span], shown: str) -> None:
    assert plain(TEXT, spans).startswith(shown)


def test_what_would_steer_a_terminal_is_not_obeyed_and_moves_no_name() -> None:
    assert plain("\x1b[31mBaku", [(5, 9, "azerbaijan")]) == "\ufffd[31m[Baku → azerbaijan]"


def test_markup_in_a_text_is_text() -> None:
    assert plain("[bold]Baku[/]", [(6, 10, "azerbaijan")]) == "[bold][Baku → azerbaijan][/]"
