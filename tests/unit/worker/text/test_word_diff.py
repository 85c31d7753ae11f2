"""Which words changed: what was taken out and put in makes one text the other, in every alphabet and at any length."""

from __future__ import annotations

import random

import pytest

from worker.text.word_diff import Passage, changes_between, passages


def shown(old: str, new: str) -> list[tuple[str, str, str]]:
    return [
        (change.op, old[change.old_start : change.old_end], new[change.new_start : change.new_end])
        for change in changes_between(old, new)
    ]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("The lake rose.", "The lake rose.", []),
        ("The  lake\nrose.", "The lake rose.", []),
        ("", "", []),
        ("", "A lake", [("insert", "", "A lake")]),
        ("A lake", "", [("delete", "A lake", "")]),
        ("The old lake rose.", "The lake rose.", [("delete", "old", "")]),
        ("The lake rose.", "The lake never rose.", [("insert", "", "never")]),
        ("Ten died at noon.", "Two died at dusk.", [("replace", "Ten", "Two"), ("replace", "noon", "dusk")]),
        ("Көл толды.", "Көл тартылды.", [("replace", "толды", "тартылды")]),
        ("O‘zbek ko‘li", "O‘zbek daryosi", [("replace", "ko‘li", "daryosi")]),
        ("red, blue", "black, white", [("replace", "red, blue", "black, white")]),
        ("湖 水", "湖 山", [("replace", "水", "山")]),
    ],
)
def test_words_that_changed(old: str, new: str, changes: list[tuple[str, str, str]]) -> None:
    assert shown(old, new) == changes


def patched(old: str, new: str) -> str:
    """Return the old text with the changes made."""
    made, at = [], 0
    for change in changes_between(old, new):
        made += [old[at : change.old_start], " ", new[change.new_start : change.new_end], " "]
        at = change.old_end
    return " ".join("".join([*made, old[at:]]).split())


def test_changes_make_one_text_the_other() -> None:
    chance = random.Random(7)
    for _ in range(300):
        old, new = (" ".join(chance.choices("abcdef", k=chance.randrange(12))) for _ in range(2))
        assert patched(old, new) == new


def test_long_texts_end_soon_and_still_make_one_the_other() -> None:
    chance = random.Random(7)
    words = [f"word{number}" for number in range(6_000)]
    edited = [word for word in words if chance.random() > 0.01]
    edited[3_000:3_000] = ["put", "in"]
    assert patched(" ".join(words), " ".join(edited)) == " ".join(edited)
    assert len(changes_between(" ".join(words), " ".join(edited))) > 30
    few = [" ".join(chance.choices(["to", "and", "fro"], k=40_000)) for _ in range(2)]
    assert patched(*few) == few[1]


def test_a_passage_has_the_words_around_a_change() -> None:
    old, new = "one two three four five", "one two 3 four five"
    [passage] = passages(old, new, changes_between(old, new), around=6)
    assert str(passage) == "… two [-three-]{+3+} four …"


def test_what_was_taken_out_stands_where_it_was() -> None:
    old, new = "one two\nthree four", "one four"
    [passage] = passages(old, new, changes_between(old, new))
    assert str(passage) == "one [-two three-] four"


def test_a_long_change_is_shortened_and_says_how_many_words_it_has() -> None:
    passage = Passage("", "", "word " * 100, "").shortened(40)
    assert passage.added == "word word word word  … (100 words)"
    assert passage.shortened(40) == passage
