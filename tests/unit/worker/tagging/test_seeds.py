"""The packaged vocabulary against the documents the product was made for. They lie outside the repository."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from material import shared
from vocabularies import packaged_tagger

from benchmarks.tagging_seeds import read_gold, score
from worker.tagging.tagger import Tagger

EVERYWHERE = {"kazakhstan", "csto", "turkey", "organization-of-turkic-states", "recep-tayyip-erdogan"}


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return packaged_tagger()


def read(name: str) -> str:
    return shared(f"seeds/{name}").read_bytes().decode("utf-8")


@pytest.mark.parametrize("name", ["000_f8be7011e9c5b5d2.txt", "003_1ee4f9c68ffe08fc.txt"])
def test_both_documents_name_their_main_entities(tagger: Tagger, name: str) -> None:
    text = read(name)
    mentions = tagger.tag(text, "en")
    assert {mention.entity for mention in mentions} >= EVERYWHERE
    assert all(mention.surface == text[mention.start : mention.end] for mention in mentions)
    assert all(tagger.vocabulary.by_id[mention.entity].in_seed for mention in mentions)


def test_two_letter_republics_are_no_broadcaster(tagger: Tagger) -> None:
    mentions = tagger.tag(read("000_f8be7011e9c5b5d2.txt"), "en")
    short = Counter((mention.surface, mention.entity) for mention in mentions if mention.surface in ("RT", "AR"))
    assert set(short) == {("RT", "turkey"), ("AR", "azerbaijan")}


@pytest.mark.parametrize("name", ["000_f8be7011e9c5b5d2.txt", "003_1ee4f9c68ffe08fc.txt"])
def test_true_mentions_are_tagged_and_tags_are_true(tagger: Tagger, name: str) -> None:
    text, true = read_gold(shared("seeds"))[name]
    found = score(true, tagger.tag(text, "en"))
    assert found.recall >= 0.99, found.missed
    assert found.precision >= 0.99, found.wrong


def test_traps_in_all_languages(tagger: Tagger) -> None:
    traps = json.loads(shared("vocabulary/ambiguity_examples.json").read_text("utf-8"))["tests"]
    assert traps
    for trap in traps:
        found = {mention.entity for mention in tagger.tag(trap["text"], trap["lang"])}
        assert set(trap["must"]) <= found, trap["text"]
        assert not set(trap["must_not"]) & found, trap["text"]
