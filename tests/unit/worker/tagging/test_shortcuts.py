"""What is found quickly is what is found when every step is looked at: with a trace nothing is cut short or kept."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vocabularies import packaged_tagger

from worker.tagging.tagger import Tagger

PIECES = """
Kazakhstan|Казахстаном|Қазақстанның|Türkiye'nin|Turkey|turkey|США|ОДКБ|(ОДКБ)|CSTO|CSTO-led|Путин|Владимир Путина
Президент|Токаев|Касым-Жомарта Токаева|Organization of Turkic States (OTS)|OTS|Moscow|Москву|Idaho|Washington
Washington Post|Astana's|Ankara|said|roast|football|Medvedev|Медведев|теннис|Ош|ош|Oʻzbekistonda|O'zbekiston|РФ
РТ|China|china|Central Asia|Центральной Азии|Европейский союз|U.S.|the West|NATO|в|и|,|.|:|—|«|»|’|-
"""
PARTS = ["\n", *re.split(r"[|\n]", PIECES.strip())]
TEXTS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=40).map(" ".join)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return packaged_tagger()


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS, st.sampled_from(("en", "ru", "kk", "tr", "uz", None)), st.booleans())
def test_shortcuts_change_nothing(tagger: Tagger, title: str, text: str, language: str | None, apart: bool) -> None:
    fields = {"title": title.upper() if apart else title, "text": text}
    quick = tagger.tag_fields(fields, language)
    assert quick == tagger.tag_fields(fields, language, trace=[])
    assert quick == tagger.tag_fields(fields, language)


@settings(max_examples=50, deadline=None)
@given(TEXTS, st.sampled_from(("en", "ru", "kk", "tr", "uz")))
def test_letters_typed_in_parts_are_tagged_alike(tagger: Tagger, text: str, language: str) -> None:
    parted = [(one.entity, one.rule) for one in tagger.tag(unicodedata.normalize("NFD", text), language)]
    assert parted == [(one.entity, one.rule) for one in tagger.tag(text, language)]


def test_each_term_against_a_name_counts_in_its_own_line(tagger: Tagger) -> None:
    text = "Moscow, Idaho, woke to snow.\n" + "Nothing else happened for days. " * 20 + "\nMoscow sent troops."
    assert [one.start for one in tagger.tag(text, "en") if one.entity == "moscow"] == [text.rindex("Moscow")]
