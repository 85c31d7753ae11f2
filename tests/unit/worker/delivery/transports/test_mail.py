"""Mails as bytes: whatever strangers wrote, what arrives is one message with the head that we meant."""

from __future__ import annotations

import email
import email.policy
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from headlines import headlines
from hypothesis import example, given
from hypothesis import strategies as st
from servers.mailserver import Mailbox, serving_mail

from worker.delivery.transports.errors import MessageFailed, MessageRefused, TransportDown
from worker.delivery.transports.mail import headers
from worker.delivery.transports.mail.letters import compose, compose_notice, render_html
from worker.delivery.transports.mail.mime import Letter, LetterFault, check
from worker.delivery.transports.mail.smtp import Mailer, SmtpServer
from worker.delivery.transports.transport import Notice
from worker.lib.cadence import zone_for
from worker.messages.message import Message, MessageItem, OutletStatus, Publication
from worker.messages.plain_text import cut, one_line
from worker.messages.snippet import marked

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
SENDER, TO = "Steppewatch <alerts@office.example>", "analyst@office.example"
PUBLIC = "https://watch.example/alerts/unsubscribe/"
MEANT = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "In-Reply-To",
    "References",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
]


def told(headline: str, *, name: str = "drills", url: str = PUBLIC + "t", key: str = "0a1b") -> Message:
    """Return a message about an article with that headline, all of it a stranger's."""
    item = MessageItem(
        match_id=7,
        story=7,
        status="news",
        title=marked(headline, ()),
        snippet=marked(headline, ()),
        terms=(headline[:50],),
        matched_at=NOW,
        place=Publication(headline[:80], "https://herald.example/a", headline),
        author=headline[:80],
    )
    return Message(
        key=key,
        kind="match",
        subscription=name,
        question="chairs",
        created_at=NOW,
        items=(item,),
        unsubscribe_url=url,
        story_key="first",
    )


def written(headline: str, **more: str) -> Letter:
    return compose(told(headline, **more), sender=SENDER, to=TO)


def fields_of(raw: bytes) -> dict[str, str]:
    """Return the fields of a head, unfolded and otherwise as they came; the test fails for one that comes twice."""
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    lines = re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    assert len({name for name, _ in pairs}) == len(pairs)
    return {name: value for name, value in pairs}


def decoded(value: str) -> str:
    """Return a field as RFC 2047 has it read: blanks between two encoded words vanish, all others stay."""
    word = r"=\?utf-8\?B\?([A-Za-z0-9+/=]*)\?="
    value = re.sub(rf"({word}) (?={word})", r"\1", value)
    return re.sub(word, lambda found: b64decode(found[1]).decode(), value)


def subject_meant(bulletin: Message) -> str:
    return cut(one_line(bulletin.subject), 200)


@pytest.mark.slow
def test_what_arrives_is_one_message_with_the_head_that_was_meant() -> None:
    """300 headlines: encoded words, controls, all our scripts, from 1 to 10,000 characters."""
    bulletins = [told(headline, key=f"{number:04x}") for number, headline in enumerate(headlines(300))]
    with (
        serving_mail() as mailbox,
        Mailer(SmtpServer(host="127.0.0.1", port=mailbox.port, tls="none"), timeout_s=10) as post,
    ):
        for bulletin in bulletins:
            post.send(compose(bulletin, sender=SENDER, to=TO))
    assert mailbox.sessions == 1
    assert len(mailbox.raw) == 300
    for bulletin, raw, read in zip(bulletins, mailbox.raw, mailbox.taken, strict=True):
        fields = fields_of(raw)
        arrived = [name for name in fields if name not in ("X-Peer", "X-MailFrom", "X-RcptTo")]
        assert arrived == MEANT
        assert decoded(fields["Subject"]) == subject_meant(bulletin)
        assert fields["Message-ID"] == f"<{bulletin.key}@office.example>"
        assert read["Subject"] == subject_meant(bulletin), "Python's own reader sees it like that as well"
        assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
        assert all(len(line) <= 76 for line in raw.split(b"\r\n") if b"List-" not in line)


@given(st.text(max_size=300))
@example("=?utf-8?Q?=0D=0ABcc:_a@office.example?=")
@example("a\r\nBcc: a@office.example")
@example("\ud800")
@example("")
@example("mixed смесь mixed  смесь — end")
def test_a_field_reads_back_as_the_text(text: str) -> None:
    field = headers.text_field("Subject", text)
    assert all(0 < len(line) <= 78 and line.strip() for line in field.split("\r\n"))
    (value,) = fields_of(field.encode()).values()
    assert decoded(value) == (one_line(text) or "(none)")


@given(st.text(max_size=2_000), st.integers(3, 300))
def test_what_is_cut_is_a_beginning_and_says_so(text: str, length: int) -> None:
    shown = cut(text, length)
    assert len(shown) <= length
    if len(text) > length:
        assert shown.endswith("…")
        assert text.startswith(shown[:-1].rstrip(" "))
    else:
        assert shown == text


@pytest.mark.parametrize(
    ("text", "length", "shown"),
    [
        ("three officers on chairs", 16, "three officers …"),
        ("a" * 30, 10, "a" * 8 + "…"),
        ("aaaaaae\u0301\u0301\u0301\u0301", 10, "aaaaaa…"),
        ("aaaaaa\U0001f469\u200d\U0001f680\u200d\U0001f469", 10, "aaaaaa…"),
    ],
)
def test_nothing_is_cut_inside_a_word_or_a_letter(text: str, length: int, shown: str) -> None:
    assert cut(text, length) == shown


@pytest.mark.parametrize("length", [17, 24, 35, 42, 70, 200, 950, 990, 2_900])
def test_the_way_out_stands_in_the_head_as_it_is(length: int) -> None:
    url = ("https://watch.example/" + "a" * length)[:length] + "/alerts/unsubscribe/t0ken_-"
    name = "drills-and-exercises-in-central-asia-and-the-south-caucasus-and-beyond"
    raw = check(written("A meeting", url=url, name=name))
    fields = fields_of(raw)
    assert fields["List-Unsubscribe"].replace(" ", "") == f"<{url}>"
    assert (" " in fields["List-Unsubscribe"]) == (len(url) > 978), "folded only where it must be"
    assert fields["List-Id"] == f"{name} <{name}.alerts.office.example>"
    assert fields["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("drills", "drills <drills.alerts.office.example>"),
        ("a.b_c-d", '"a.b_c-d" <a.b_c-d.alerts.office.example>'),
        ("CSTO AND (chairs OR lake)", '"CSTO AND (chairs OR lake)" <csto.and.chairs.or.lake.alerts.office.example>'),
        ("учения", "<alert.alerts.office.example>"),
        ("=?utf-8?Q?=0A?=", "<utf-8.q.0a.alerts.office.example>"),
        ('say "no" \\', '"say \\"no\\" \\\\" <say.no.alerts.office.example>'),
        ("a" * 300, f"{'a' * 100} <{'a' * 100}.alerts.office.example>"),
    ],
)
def test_the_name_of_the_list_is_readable_and_never_encoded(name: str, field: str) -> None:
    assert fields_of(check(written("A meeting", name=name)))["List-Id"] == field


@pytest.mark.parametrize(
    ("sender", "field"),
    [
        ("alerts@office.example", "alerts@office.example"),
        ("Steppe watch <alerts@office.example>", "Steppe watch <alerts@office.example>"),
        ('"Watch, Steppe" <alerts@office.example>', '"Watch, Steppe" <alerts@office.example>'),
        ("Бюро <alerts@büro.example>", "=?utf-8?B?0JHRjtGA0L4=?= <alerts@xn--bro-hoa.example>"),
    ],
)
def test_the_sender_stands_as_the_operator_wrote_it(sender: str, field: str) -> None:
    letter = compose(told("A meeting"), sender=sender, to=TO)
    assert fields_of(check(letter))["From"] == field
    assert letter.sender == re.sub(r".*<|>", "", field)


def test_a_notice_with_the_words_of_a_server_is_one_message() -> None:
    words = "550 no\r\nBcc: all@office.example\r\n\r\n=?utf-8?Q?=0A?="
    letter = compose_notice(Notice("n", words, words, NOW), sender=SENDER, to=TO)
    fields = fields_of(check(letter))
    assert decoded(fields["Subject"]) == f"[steppewatch] {one_line(words)}"
    assert "Bcc" not in fields


def test_the_body_holds_no_control_characters() -> None:
    message = email.message_from_bytes(check(written("a\x1b[2J\rb\x00c\ud800")), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    for part in message.iter_parts():
        text = part.get_content().replace("\r\n", "\n")
        assert "a [2J b c\ufffd" in text
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", text)


GOOD = written("A meeting")


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (b"Subject:", b"Bcc: all@office.example\r\nSubject:", "other fields"),
        (b"To: analyst", b"To: b@office.example\r\nTo: analyst", "other fields"),
        (b"Date:", b"\r\nDate:", "other fields"),
        (b"Auto-Submitted: auto-generated\r\n", b"", "other fields"),
        (b"A meeting", b"A\rmeeting", "byte"),
        (b"A meeting", b"A\nmeeting", "byte"),
        (b"A meeting", b"A\x00meeting", "byte"),
        (b"A meeting", "учения".encode(), "byte"),
        (b"auto-gen", b"auto\tgen", "control"),
        (b"A meeting", b"a" * 1_000, "998"),
        (b"auto-gen", b"auto\r\n \r\n gen", "no field"),
    ],
)
def test_bytes_that_were_not_meant_are_not_sent(before: bytes, after: bytes, fault: str) -> None:
    letter = replace(GOOD, data=GOOD.data.replace(before, after, 1))
    with pytest.raises(LetterFault, match=fault):
        check(letter)
    with (
        Mailer(SmtpServer(host="127.0.0.1", port=9, tls="none"), timeout_s=1) as post,
        pytest.raises(MessageRefused, match=fault),
    ):
        post.send(letter)


@pytest.mark.parametrize(
    "address", ["ж@office.example", "a@b\r\nDATA", "<a@b.example>", "a@büro.example", "a b@c.example"]
)
def test_an_address_that_cannot_be_told_to_a_server_is_the_message_s_fault(address: str) -> None:
    with pytest.raises(ValueError, match="not a mail address"):
        compose(told("A meeting"), sender=SENDER, to=address)
    with pytest.raises(LetterFault, match="not a mail address"):
        check(replace(GOOD, to=address))


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with serving_mail() as found:
        yield found


def test_a_message_on_which_the_server_hangs_up_is_overtaken(mailbox: Mailbox) -> None:
    mailbox.hangs_up = b"poison"
    with Mailer(SmtpServer(host="127.0.0.1", port=mailbox.port, tls="none"), timeout_s=10) as post:
        for _ in range(2):
            with pytest.raises(MessageFailed):
                post.send(written("poison"))
            post.send(written("A meeting"))
        with pytest.raises(MessageFailed):
            post.send(written("poison"))
        with pytest.raises(TransportDown):
            post.send(written("poison"))
    assert len(mailbox.taken) == 2


@pytest.mark.slow
def test_a_message_that_is_too_large_for_the_server_is_refused() -> None:
    """The server says how much it takes, and refuses the sender's command because of the size that stands in it."""
    with (
        serving_mail(most_bytes=300_000) as mailbox,
        Mailer(SmtpServer(host="127.0.0.1", port=mailbox.port, tls="none"), timeout_s=10) as post,
    ):
        large = told("A meeting")
        large = replace(large, question="chairs " * 60_000)
        with pytest.raises(MessageRefused, match="552"):
            post.send(compose(large, sender=SENDER, to=TO))
        post.send(written("A meeting"))
    assert len(mailbox.taken) == 1


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("UTC", "5 Jan 2026, 21:30 UTC"), ("Asia/Almaty", "6 Jan 2026, 02:30 Asia/Almaty")],
)
def test_times_are_by_the_clock_of_the_subscriber(zone: str, shown: str) -> None:
    bulletin = told("Drills")
    at = datetime(2026, 1, 5, 21, 30, tzinfo=UTC)
    failing = OutletStatus("Lake Post", "failing", at)
    dated = replace(bulletin, zone=zone, items=(replace(bulletin.items[0], dated_at=at),))
    quiet = replace(bulletin, zone=zone, kind="quiet", items=(), outlets=(failing,))
    for message in (dated, quiet):
        letter = email.message_from_bytes(compose(message, sender=SENDER, to=TO).data, policy=email.policy.default)
        parts = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
        assert len(parts) == 2
        assert all(shown in part for part in parts)
    day = replace(bulletin, zone=zone, items=(replace(bulletin.items[0], dated_at=at, is_day=True),))
    assert "5 Jan 2026<" in render_html(day), "a day is that day everywhere"


def test_the_clock_is_that_of_the_digests_or_the_stores() -> None:
    assert zone_for("daily 08:00 Asia/Almaty", "Europe/Moscow") == "Asia/Almaty"
    assert zone_for("weekly mon 08:00 Asia/Bishkek", "UTC") == "Asia/Bishkek"
    assert zone_for("at once", "Europe/Moscow") == zone_for("hourly", "Europe/Moscow") == "Europe/Moscow"
    assert zone_for("daily 08:00 Nowhere/Else", "Europe/Moscow") == "Europe/Moscow"
