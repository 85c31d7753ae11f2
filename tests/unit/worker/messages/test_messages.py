"""What messages say: snippets, mails, JSON. Texts are invented."""

from __future__ import annotations

import email
import email.policy
import json
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.delivery.transports.mail.letters import compose, render_html
from worker.delivery.transports.mail.mime import check
from worker.delivery.transports.webhook.body import write_body
from worker.messages.message import Message, MessageItem, OutletStatus, Publication, plain
from worker.messages.snippet import Piece, marked, snippet

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
ITEM = MessageItem(
    match_id=7,
    story=7,
    status="news",
    title=marked("A meeting on the lake", [(2, 9)]),
    snippet=(Piece("three officers with folding "), Piece("chairs", is_marked=True)),
    terms=("meeting", "chairs"),
    matched_at=NOW,
    place=Publication("Steppe Herald", "https://herald.example/a"),
    dated_at=NOW,
)
ONE = Message(
    key="0a1b",
    kind="match",
    subscription="drills",
    question="chairs AND meeting",
    created_at=NOW,
    items=(ITEM,),
    story_key="0a1b",
)


def mail_of(bulletin: Message) -> EmailMessage:
    letter = compose(bulletin, sender="Steppewatch <alerts@office.example>", to="analyst@office.example")
    message = email.message_from_bytes(check(letter), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


@settings(max_examples=80)
@given(st.text(max_size=900), st.lists(st.tuples(st.integers(-5, 950), st.integers(-5, 950)), max_size=12))
def test_a_snippet_is_a_piece_of_the_text_and_marks_nothing_else(text: str, spans: list[tuple[int, int]]) -> None:
    pieces = snippet(text, spans, length=120)
    shown = plain(piece for piece in pieces if piece.text not in ("… ", " …"))
    assert shown in text.replace("\n", " ")
    assert len(shown) <= 160 or any(end - start > 100 for start, end in spans)
    inside = {text[at] for start, end in spans if 0 <= start < end <= len(text) for at in range(start, end)}
    for piece in pieces:
        assert not piece.is_marked or set(piece.text) <= inside | {" "}


@settings(max_examples=60)
@given(st.text(max_size=300), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=8))
def test_a_marked_headline_is_the_whole_headline(text: str, spans: list[tuple[int, int]]) -> None:
    assert plain(marked(text, spans)) == text.replace("\n", " ")


def test_a_snippet_shows_where_most_of_the_words_are() -> None:
    text = (
        "chairs. " + "nothing here, " * 60 + "the officers carried chairs and tables over the bridge. " + "more " * 100
    )
    spans = [(text.find(word, from_), text.find(word, from_) + len(word)) for word, from_ in (("chairs", 0),)]
    late = text.find("officers")
    spans += [(text.find(word, late), text.find(word, late) + len(word)) for word in ("officers", "chairs", "tables")]
    shown = snippet(text, spans)
    assert [piece.text for piece in shown if piece.is_marked] == ["officers", "chairs", "tables"]
    assert shown[0].text == "… "
    assert shown[-1].text == " …"


def test_what_others_wrote_is_never_markup_and_never_a_header() -> None:
    nasty = "<img src=x onerror=alert(1)>\r\nBcc: all@office.example"
    item = replace(ITEM, title=marked(nasty, []), place=Publication(nasty, "javascript:alert(1)"), terms=(nasty,))
    bulletin = replace(ONE, items=(item,), question=nasty)
    html = render_html(bulletin)
    assert "<img" not in html
    assert 'href="javascript:' not in html
    mail = mail_of(bulletin)
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]


def test_a_mail_is_readable_without_html() -> None:
    mail = mail_of(ONE)
    body = mail.get_body(("plain",))
    assert body is not None
    lines = body.get_content().splitlines()
    assert lines[0] == "A *meeting* on the lake"
    assert "Why: meeting · chairs" in lines
    assert "https://herald.example/a" in lines


@pytest.mark.parametrize("address", ["https://watch.example/u/1", "http://127.0.0.1:8000/u/1", ""])
def test_one_click_is_offered_over_https_only(address: str) -> None:
    mail = mail_of(replace(ONE, unsubscribe_url=address))
    assert (mail["List-Unsubscribe"] is not None) == bool(address)
    assert (mail["List-Unsubscribe-Post"] is not None) == address.startswith("https:")


def test_a_quiet_digest_says_how_the_outlets_do() -> None:
    line = OutletStatus("Steppe Herald", "it answered 503", None)
    quiet = Message(
        key="q",
        kind="quiet",
        subscription="drills",
        question="chairs",
        created_at=NOW,
        outlets=(line,),
        outlets_well=41,
    )
    assert quiet.subject == "[drills] All quiet"
    assert "41 outlets are well" in render_html(quiet)
    assert json.loads(write_body(quiet))["outlets"] == {
        "well": 41,
        "in_trouble": [{"name": "Steppe Herald", "state": "it answered 503", "succeeded_at": None}],
    }


@pytest.mark.parametrize(
    ("stories", "more", "reprints", "subject"),
    [(1, 0, 0, "[drills] 1 story"), (1, 214, 0, "[drills] 215 stories"), (1, 0, 1, "[drills] 1 story, 1 reprint")],
)
def test_the_subject_of_a_digest_counts(stories: int, more: int, reprints: int, subject: str) -> None:
    places = tuple(Publication("Oasis Wire", "https://oasis.example/a", "Again") for _ in range(reprints))
    digest = replace(ONE, kind="digest", items=(ITEM,) * stories, more=more, reprints=places)
    assert digest.subject == subject
    assert ("and 214 more" in render_html(digest)) == (more == 214)


@pytest.mark.parametrize(
    ("items", "gist"), [((ITEM,), "A meeting on the lake — Steppe Herald"), ((), "nothing matches")]
)
def test_a_test_says_that_it_is_one_and_does_not_contradict_itself(items: tuple[MessageItem, ...], gist: str) -> None:
    bulletin = replace(ONE, kind="match" if items else "digest", items=items, test=True)
    mail = mail_of(bulletin)
    assert mail["Subject"] == f"[drills] Test: {gist}"
    for part in mail.iter_parts():
        shown = part.get_content()
        assert "This is a test, sent by hand" in shown
        assert ("No article of the archive matches" in shown) is (not items)
        assert "you subscribed" not in shown
    body = json.loads(write_body(bulletin))
    assert (body["type"], body["note"]) == ("test", bulletin.test_note)
    assert "note" not in json.loads(write_body(ONE))
