"""Chats: what is written into them, cut where, and shown as it was written. Texts are invented."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from headlines import headlines
from hypothesis import given
from hypothesis import strategies as st

from worker.delivery.transports.chat.lines import MESSAGES_MAX, write_messages
from worker.delivery.transports.chat.markup import MARKUPS
from worker.messages.message import Message, MessageItem, Publication
from worker.messages.snippet import Piece, marked

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def story(number: int, headline: str = "A meeting on the lake", *, snippet: str = "", url: str = "") -> MessageItem:
    return MessageItem(
        match_id=number,
        story=number,
        status="news",
        title=marked(f"{headline}, day {number} ", [(2, 9)]),
        snippet=(Piece(snippet or "three officers with folding chairs crossed the bridge " * 5),),
        terms=("meeting", "chairs"),
        matched_at=NOW,
        place=Publication("Steppe Herald", url or f"https://herald.example/{number}"),
    )


def digest(count: int, more: int = 0, **changes: object) -> Message:
    items = tuple(story(number) for number in range(1, count + 1))
    return replace(
        Message(
            key="k", kind="digest", subscription="drills", question="chairs", created_at=NOW, items=items, more=more
        ),
        **changes,
    )


def told_in(texts: list[str]) -> list[int]:
    """Return the stories whose headline and link both stand in one of the texts."""
    found = []
    for text in texts:
        days = {int(day) for day in re.findall(r"day (\d+)\b", text)}
        found += sorted(day for day in days if re.search(rf"herald\.example/{day}\b", text))
    return found


def left_out(text: str) -> int:
    found = re.search(r"… and (?:[\w ]+ not listed, )?([\d,]+) more\.$", text)
    return int(found[1].replace(",", "")) if found else 0


@pytest.mark.parametrize("form", sorted(MARKUPS))
@pytest.mark.parametrize(("count", "more"), [(1, 0), (10, 0), (10, 3), (40, 0), (40, 214), (40, 12_345)])
def test_each_story_is_told_or_counted_as_left_out(form: str, count: int, more: int) -> None:
    markup = MARKUPS[form]
    messages = write_messages(digest(count, more), markup)
    texts = [message.text for message in messages]
    assert 1 <= len(messages) <= MESSAGES_MAX
    assert all(markup.measure(text) <= markup.longest for text in texts)
    told = told_in(texts)
    assert told == list(range(1, len(told) + 1)), "the oldest first, none twice"
    assert [message.last_story for message in messages][-1] == len(told)
    assert sum(message.stories for message in messages) == len(told)
    assert left_out(texts[-1]) == count + more - len(told) == messages[-1].left_out
    assert texts[0].startswith("[drills]") or texts[0].startswith("\\[drills\\]")
    assert all("continued" in text.split("\n")[0] for text in texts[1:])
    if len(messages) < MESSAGES_MAX:
        assert len(told) == count


@pytest.mark.parametrize("form", ["discord", "tgram", "pover", "slack"])
def test_what_was_told_before_is_not_told_again(form: str) -> None:
    whole = write_messages(digest(12), MARKUPS[form], most=99)
    assert len(whole) > 1
    for number, message in enumerate(whole[:-1], 1):
        rest = write_messages(digest(12), MARKUPS[form], most=99, after=message.last_story)
        before = told_in([each.text for each in whole[:number]])
        assert before + told_in([each.text for each in rest]) == list(range(1, 13))


def test_an_article_that_is_removed_between_two_attempts_moves_nothing() -> None:
    first, *_ = write_messages(digest(12), MARKUPS["discord"])
    shorter = digest(12)
    shorter = replace(shorter, items=shorter.items[1:])
    rest = write_messages(shorter, MARKUPS["discord"], after=first.last_story)
    assert told_in([first.text]) + told_in([each.text for each in rest]) == list(range(1, 13))


@pytest.mark.parametrize("form", sorted(MARKUPS))
def test_whatever_strangers_wrote_fits_and_is_one_story(form: str) -> None:
    markup = MARKUPS[form]
    for number, headline in enumerate(headlines(60, seed=11), 1):
        url = f"https://herald.example/{'x' * (number * 30)}"
        item = replace(story(number, headline, snippet=headline, url=url), terms=(headline[:90],) * 12)
        (message,) = write_messages(replace(digest(0), kind="match", items=(item,)), markup)
        assert markup.measure(message.text) <= markup.longest
        assert message.stories == 1
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u202e]", message.text)


def test_a_story_loses_words_before_it_loses_its_link() -> None:
    item = story(1, "Chairs " * 40, url="https://herald.example/1?" + "q" * 480)
    (message,) = write_messages(replace(digest(0), items=(item,)), MARKUPS["pover"])
    assert "herald.example/1?qqq" in message.text
    assert "officers" not in message.text


def test_reprints_are_listed_or_counted() -> None:
    places = tuple(Publication("Oasis Wire", f"https://oasis.example/{n}", "Again " * 30) for n in range(12))
    bulletin = digest(2, reprints=places, more_reprints=5)
    (message,) = write_messages(bulletin, MARKUPS["lark"])
    assert message.text.count("oasis.example") == 12
    assert message.text.endswith("and 5 other reprints")
    short = write_messages(bulletin, MARKUPS["pover"])
    assert short[-1].text.endswith("… and 17 reprints not listed.")
    (both,) = write_messages(replace(bulletin, more=4), MARKUPS["discord"], most=1)
    assert both.text.endswith("… and 17 reprints not listed, 4 more.")


def test_a_test_and_a_quiet_digest_say_so() -> None:
    (test,) = write_messages(digest(1, test=True), MARKUPS["slack"])
    assert "This is a test" in test.text
    assert "o article" not in test.text, "one is shown"
    (nothing,) = write_messages(digest(0, test=True), MARKUPS["slack"])
    assert "No article of the archive matches" in nothing.text
    (quiet,) = write_messages(replace(digest(0), kind="quiet"), MARKUPS["slack"])
    assert quiet.text.endswith("Nothing matched since the last message.")


HOSTILE = (
    "@everyone CSTO says @here <@&123> <@!45> <#6> </run:7>",
    "<!channel> <!here|x> <!subteam^S1> <@U1> <https://evil.example|office.example> & &lt;",
    "<users/all> *bold* _it_ ~s~ `code`",
    '<at user_id="all">all</at> [office](https://evil.example) **b**',
    "@channel mail me@office.example or (@analyst)",
    "# head",
    "- item",
    "> quote || spoiler || \\@everyone",
    "loses <word> and <b>bold</b> and &amp;",
)


def discord_shown(text: str) -> str:
    """Return a text as Discord shows it, if nothing in it is markup; a failure where something is."""
    without_links = re.sub(r"(?<!\\)<(https://[^<>\s]+)(?<!\\)>", r"\1", text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|<>\[\]]", without_links)
    assert not re.search(r"^[#+-]", without_links, re.M)
    return re.sub(r"\\([\\*_~`|<>\[\]#+-])", r"\1", without_links).replace("\u2060", "")


def slack_shown(text: str) -> str:
    without_links = re.sub(r"<(https://[^<>\s|]+)>", r"\1", text)
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", without_links)
    return without_links.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def unjoined(text: str) -> str:
    return text.replace("\u2060", "")


SHOWN: dict[str, Callable[[str], str]] = {"discord": discord_shown, "slack": slack_shown, "slack-bot": slack_shown}


@pytest.mark.parametrize("form", sorted(MARKUPS))
@pytest.mark.parametrize("headline", HOSTILE)
def test_a_chat_shows_what_was_written_and_rings_nobody(form: str, headline: str) -> None:
    item = replace(story(1), title=marked(headline, ()), snippet=(Piece(headline),), place=None, terms=())
    (message,) = write_messages(replace(digest(0), kind="match", items=(item,)), MARKUPS[form])
    shown = SHOWN.get(form, unjoined)(message.text)
    assert shown == f"[drills] {headline}\n\n{headline}\n{headline}"


@pytest.mark.parametrize(
    ("form", "rings"),
    [
        ("discord", r"(?<!\\)<[@#/]|@everyone|@here"),
        ("slack", r"<[!@#]"),
        ("tgram", r"(?<!\w)@\w"),
        ("gchat", r"<users/"),
        ("feishu", r"<at "),
        ("lark", r"<at "),
    ],
)
def test_no_word_of_a_stranger_rings_anybody(form: str, rings: str) -> None:
    for headline in HOSTILE:
        assert not re.search(rings, MARKUPS[form].text(headline))


@pytest.mark.slow
@given(st.text(max_size=200))
def test_discord_and_slack_show_any_text_as_it_is(text: str) -> None:
    plain = MARKUPS["line"].text(text)
    assert discord_shown(MARKUPS["discord"].text(text)) == plain.replace("\u2060", "")
    assert slack_shown(MARKUPS["slack"].text(text)) == plain


@pytest.mark.parametrize("form", sorted(MARKUPS))
def test_a_link_cannot_end_early(form: str) -> None:
    link = MARKUPS[form].url('https://herald.example/a b>|<x "y`\\ \u200b@everyone')
    assert re.fullmatch(r"<?https://herald\.example/a%20b%3E%7C%3Cx%20%22y%60%5C%20%E2%80%8B@everyone>?", link)
