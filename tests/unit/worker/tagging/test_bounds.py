"""Texts full of names: what is kept of them, and that time grows with the text alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vocabularies import packaged_tagger, packaged_vocabulary

from worker.chain.batch.tag import MOST_MENTIONS, KeptMentions, RevisionTagger, remark_on
from worker.tagging.pieces import MOST_AT_ONCE, iter_pieces
from worker.tagging.tagger import Mention


@dataclass(frozen=True)
class Text:
    """A revision, as far as tagging needs it."""

    text: str
    title: str | None = None
    language: str | None = "en"
    second_language: str | None = None
    published_at: datetime | None = None
    id: int = 7


@cache
def spotter() -> RevisionTagger:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("worker.chain.batch.tag.Tagger", lambda *_: packaged_tagger())
        return RevisionTagger(packaged_vocabulary(), "1")


@cache
def names() -> tuple[str, ...]:
    entities = packaged_vocabulary().entities
    return tuple(alias.text for entity in entities for alias in entity.aliases if alias.language == "en")


def test_the_first_of_each_entity_is_kept_and_the_rest_is_counted() -> None:
    tagged = spotter().tag(Text("CSTO. " * 3_000 + "Envoys from Uzbekistan came.", title="Uzbekistan"))
    kept = [(mention.field, mention.entity_id) for mention in tagged.mentions]
    assert len(kept) == MOST_MENTIONS
    assert kept[:2] == [("title", "uzbekistan"), ("text", "csto")]
    assert tagged.left_out == 3_002 - MOST_MENTIONS
    assert remark_on(tagged) == (
        "names 3,002 times what the vocabulary knows; 2,000 are kept, the first of each entity among them"
    )


def test_an_entity_named_at_the_very_end_is_kept() -> None:
    tagged = spotter().tag(Text("CSTO. " * 3_000 + "Envoys from Uzbekistan came."))
    assert tagged.mentions[-1].entity_id == "uzbekistan"
    assert len(tagged.mentions) == MOST_MENTIONS


def test_nothing_is_said_of_usual_texts() -> None:
    tagged = spotter().tag(Text("The CSTO met in Kazakhstan."))
    assert tagged.left_out == 0
    assert remark_on(tagged) is None
    assert remark_on(None) is None


@given(entities=st.lists(st.sampled_from("abcdef"), max_size=30), most=st.integers(1, 8))
def test_as_many_as_there_is_room_for_are_kept_in_reading_order(entities: list[str], most: int) -> None:
    chosen = KeptMentions(most)
    for at, entity in enumerate(entities):
        chosen.add("text", Mention(entity, "place", at, at + 1, "x", "x", "en", "exact", "name"))
    kept = [mention for _, mention in chosen.kept()]
    assert [mention.start for mention in kept] == sorted(mention.start for mention in kept)
    assert len(kept) == min(len(entities), most)
    assert len(kept) + chosen.left_out == len(entities)
    firsts = {entities.index(entity) for entity in entities}
    assert set(sorted(firsts)[:most]) <= {mention.start for mention in kept}


@given(text=st.text("ab \n", max_size=60), most=st.integers(2, 20))
def test_pieces_make_up_the_text(text: str, most: int) -> None:
    pieces = list(iter_pieces(text, most))
    assert "".join(piece for _, piece in pieces) == text
    assert all(text[offset : offset + len(piece)] == piece and len(piece) <= most for offset, piece in pieces)


def test_offsets_are_those_of_the_whole_text_behind_the_first_piece() -> None:
    text = "Nothing is here. " * (MOST_AT_ONCE // 17 + 10) + "\nThe CSTO met in Osh."
    (csto, osh) = spotter().tag(Text(text)).mentions
    assert text[csto.start : csto.end] == csto.surface == "CSTO"
    assert text[osh.start : osh.end] == osh.surface == "Osh"


HOSTILE = {
    "all names": lambda: (". ".join(names()) + ". ") * 20,
    "one line of names": lambda: " ".join(names()) * 20,
    "one name": lambda: "CSTO " * 200_000,
    "capitals": lambda: "TURKEY AND OSH " * 60_000,
    "surnames": lambda: "Tokayev met Mirziyoyev and Japarov " * 20_000,
    "acronyms": lambda: " ".join(f"the River {a}x Organization (R{a}O)" for a in "ABCDEFGHIJKLMNOPQRSTUVWXYZ") * 800,
    "brackets": lambda: "(CSTO" * 150_000,
    "marks": lambda: "Osh" + "\u0301\u0323" * 200_000,
    "joiners": lambda: "CSTO-’" * 100_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("sort", HOSTILE)
def test_hostile_texts_take_time_in_proportion(sort: str) -> None:
    """A few seconds for a megabyte, where the square of it would be many minutes."""
    assert len(spotter().tag(Text(HOSTILE[sort]())).mentions) <= MOST_MENTIONS
