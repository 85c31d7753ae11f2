"""Whether a text may follow the one that stood at an address: small edits do, error pages never."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import NOON, OTHER, PARAGRAPHS, text

from db.articles.suspects import CurrentText, SuspectRow
from db.enums.articles import TextFrom
from db.enums.outcomes import PageKind
from worker.chain.batch.following import WithheldText, follow
from worker.chain.batch.identify import Identified, identify
from worker.chain.documents import Document, Rejected
from worker.judging.second_look import Following, KnownText, WaitingText, decide_following
from worker.judging.text_source import choose_text

TITLE = "A meeting on the lake"
OLD = KnownText(TITLE, text(0, 1, 2, 3, 4, 5))
OTHER_TEXT = KnownText("Apples in four alphabets", text(0, 1, 2, 3, of=OTHER))


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(KnownText(TITLE, text(0, 1, 2, 3, 4, 5) + "\nCorrection: it was four officers."), id="correction"),
        pytest.param(KnownText(TITLE, text(0, 1, 2, 3, 4, 5).replace("three", "four")), id="number"),
        pytest.param(KnownText("A second meeting", text(1, 2, 3, 4, 5)), id="another headline, a paragraph less"),
        pytest.param(KnownText(TITLE, text(5, 4, 3, 2, 1, 0)), id="another order"),
        pytest.param(KnownText(TITLE, text(3, 4, 5)), id="the second half"),
        pytest.param(KnownText(TITLE, text(0, 1, 2, 3, 4, 5) + "\n" + text(0, 1, 2, 3, of=OTHER)), id="much added"),
    ],
)
def test_an_edit_follows(new: KnownText) -> None:
    assert decide_following(OLD, new, evidence=0, waiting=None, now=NOON).following is Following.FOLLOWS


@pytest.mark.parametrize(
    "asks",
    [
        "",
        "\nTo read the full article please subscribe or sign in.",
        "\nЧтобы читать дальше, оформите подписку.",
        "\nHaberin devamını okumak için abone olun.",
        "\nТолық оқу үшін жазылыңыз.",
        "\nDavomini o‘qish uchun obuna bo‘ling.",
        "\n订阅后继续阅读",
    ],
)
def test_a_beginning_of_the_text_is_a_paywall(asks: str) -> None:
    new = KnownText(TITLE, text(0, 1) + asks)
    assert decide_following(OLD, new, evidence=7, waiting=None, now=NOON).following is Following.PAYWALL


def test_a_text_written_anew_follows_under_the_old_headline_if_the_page_is_an_article() -> None:
    new = replace(OTHER_TEXT, title=TITLE)
    assert decide_following(OLD, new, evidence=3, waiting=None, now=NOON).following is Following.FOLLOWS
    assert decide_following(OLD, new, evidence=2, waiting=None, now=NOON).following is Following.SUSPECT


def test_what_replaces_everything_is_believed_after_three_looks_over_a_day() -> None:
    waiting: WaitingText | None = None
    seen = []
    for hours in (0, 1, 2, 23, 25):
        now = NOON + timedelta(hours=hours)
        decision = decide_following(OLD, OTHER_TEXT, evidence=2, waiting=waiting, now=now)
        waiting = WaitingText(OTHER_TEXT, decision.looks, decision.since or now)
        seen.append(decision.following)
    assert seen == [Following.SUSPECT] * 4 + [Following.CONFIRMED]


def test_two_looks_a_week_apart_are_not_enough() -> None:
    waiting = WaitingText(OTHER_TEXT, 1, NOON)
    now = NOON + timedelta(days=7)
    assert decide_following(OLD, OTHER_TEXT, evidence=2, waiting=waiting, now=now).following is Following.SUSPECT


def test_another_suspect_begins_anew() -> None:
    waiting = WaitingText(KnownText("Something else", "Words that nobody wrote about a lake, twice."), 7, NOON)
    decision = decide_following(OLD, OTHER_TEXT, evidence=2, waiting=waiting, now=NOON + timedelta(days=2))
    assert (decision.following, decision.looks, decision.since) == (Following.SUSPECT, 1, NOON + timedelta(days=2))


def test_an_empty_text_never_follows_however_long_it_stands() -> None:
    empty = KnownText(TITLE, "")
    decision = decide_following(
        OLD, empty, evidence=7, waiting=WaitingText(empty, 99, NOON), now=NOON + timedelta(days=99)
    )
    assert decision.following is Following.SUSPECT


@pytest.mark.parametrize(
    ("page", "feed", "is_article", "source"),
    [
        ("p" * 500, "f" * 500, True, TextFrom.PAGE),
        ("p" * 500, "f" * 900, True, TextFrom.FEED),
        ("p" * 500, "", True, TextFrom.PAGE),
        ("", "f" * 30, True, TextFrom.FEED),
        ("", "", True, TextFrom.PAGE),
        ("p" * 50, "f" * 150, True, TextFrom.PAGE),
        ("p" * 500, "f", False, TextFrom.FEED),
    ],
)
def test_whose_text_is_taken(page: str, feed: str, is_article: bool, source: TextFrom) -> None:
    assert choose_text(page, feed, is_article=is_article) is source


# sequences of looks, in memory

ERRORS = {
    PageKind.CHALLENGE: "Verifying you are human.",
    PageKind.SOFT_404: "The page that you are looking for does not exist.",
    PageKind.FRONT_PAGE: text(0, 1, 2, of=OTHER),
    PageKind.PAYWALL: text(0),
    PageKind.ERROR_PAGE: "",
}


def looked(title: str, body: str, at: datetime, kind: PageKind = PageKind.ARTICLE) -> Identified:
    is_article = kind is PageKind.ARTICLE
    document = Document(
        subject="https://outlet.example/a",
        url="https://outlet.example/a",
        title=title,
        text=body if is_article else "",
        author=None,
        language="en",
        published_at=NOON,
        published_is_day=False,
        observed_at=at,
        capture_id=1,
        text_from=TextFrom.PAGE if is_article else TextFrom.FEED,
        page_kind=kind,
        page_reason=None if is_article else "it says so",
        evidence=5 if is_article and title == TITLE else 0,
    )
    identified = identify(document, now=at)
    assert isinstance(identified, Identified)
    return identified


def stored(entry: Identified, waiting: SuspectRow | None) -> CurrentText:
    return CurrentText(
        article_id=1,
        title=entry.title,
        text=entry.text,
        content_hash=entry.content_hash,
        text_from=entry.document.text_from.value,
        suspect=waiting,
    )


edits = st.lists(st.sampled_from(PARAGRAPHS[1:5]), min_size=2, max_size=4, unique=True).map(
    lambda lines: "\n".join([*lines, PARAGRAPHS[5]])
)
looks = st.one_of(
    st.tuples(st.just(PageKind.ARTICLE), edits),
    st.tuples(st.sampled_from(list(ERRORS)), st.just("")),
    st.tuples(st.just(None), st.just(text(0, 1, 2, 3, of=OTHER))),
)


@pytest.mark.slow
@settings(max_examples=200)
@given(st.lists(st.tuples(looks, st.integers(1, 400)), min_size=1, max_size=30))
def test_the_text_is_always_the_latest_true_one(sequence: list[tuple[tuple[PageKind | None, str], int]]) -> None:
    now, current, truth = NOON, None, None
    strangers: list[datetime] = []
    for (kind, body), minutes in sequence:
        now += timedelta(minutes=minutes)
        if kind is None:  # another text that looks like an article: not believed before its day is over
            strangers.append(now)
            if len(strangers) >= 3 and now - strangers[0] >= timedelta(days=1):
                return
            entry = looked("Apples in four alphabets", body, now)
        else:
            entry = looked(TITLE, body or ERRORS.get(kind, ""), now, kind)
            if kind is PageKind.ARTICLE:
                truth, strangers = entry.text, []
        if truth is None and kind is None:
            return  # what stands there first is what the article is
        result = follow(entry, current, now=now)
        if isinstance(result, Identified):
            current = stored(result, None)
        elif current is not None and result.waiting is not None:
            current = replace(current, suspect=result.waiting)
        assert current is not None
        assert current.text == (truth or "")


def test_the_old_text_frees_itself_from_what_waited() -> None:
    current = stored(looked(TITLE, text(0, 1, 2, 3, 4, 5), NOON), None)
    stranger = follow(looked("Apples", text(0, 1, 2, of=OTHER), NOON), current, now=NOON)
    assert isinstance(stranger, WithheldText)
    assert isinstance(stranger.rejected, Rejected)
    assert stranger.rejected.page_kind == "suspect"
    assert stranger.waiting is not None
    assert stranger.waiting.looks == 1


def test_what_a_person_brings_in_is_not_judged() -> None:
    current = stored(looked(TITLE, text(0, 1, 2, 3, 4, 5), NOON), None)
    brought = looked("Apples", text(0, 1, 2, of=OTHER), NOON)
    brought = replace(brought, document=replace(brought.document, capture_id=None))
    assert follow(brought, current, now=NOON) is brought


def test_a_page_replaces_the_words_of_its_feed() -> None:
    current = stored(looked(TITLE, "", NOON, PageKind.CHALLENGE), None)
    page = looked(TITLE, text(0, 1, 2), NOON)
    assert current.text_from == "feed"
    assert follow(page, current, now=NOON) is page
