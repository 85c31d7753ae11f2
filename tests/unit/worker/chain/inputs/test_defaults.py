"""`--date --source --language --url`: what an input says wins, field by field."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from samples import NOON, text

from worker.chain.documents import Document, Rejected
from worker.chain.inputs.defaults import Defaults, InputOptions
from worker.chain.inputs.reader import read_lines, read_table, read_text
from worker.extract.language.names import language_code

DAY = datetime(2022, 1, 3, tzinfo=UTC)
DEFAULTS = Defaults(
    published_at=DAY, published_is_day=True, source="herald", language="kk", url="https://herald.example/1"
)
SAID = {
    "url": "https://a.example/1",
    "published_at": "2022-01-05T10:00:00Z",
    "source": "a.example",
    "language": "ru",
}


def taken(record: dict[str, Any], defaults: Defaults = DEFAULTS) -> Document:
    stream = io.BytesIO(json.dumps(record).encode())
    (only,) = read_lines("a.jsonl", stream, observed_at=NOON, options=InputOptions(defaults=defaults))
    assert isinstance(only, Document)
    return only


def told(document: Document) -> tuple[object, ...]:
    return document.url, document.published_at, document.published_is_day, document.source, document.language


def test_what_an_input_says_wins() -> None:
    expected = ("https://a.example/1", datetime(2022, 1, 5, 10, tzinfo=UTC), False, "a.example", "ru")
    assert told(taken({"text": "Body", **SAID})) == expected


def test_what_an_input_does_not_say_is_taken_from_the_person() -> None:
    assert told(taken({"text": "Body"})) == ("https://herald.example/1", DAY, True, "herald", "kk")


def test_each_field_goes_by_itself() -> None:
    assert told(taken({"text": "Body", "language": "tr"}))[3:] == ("herald", "tr")


@pytest.mark.parametrize("date", ["1970-01-01", "2031-01-01", "nonsense"])
def test_a_date_that_cannot_be_one_is_missing_and_said(date: str) -> None:
    document = taken({"text": "Body", "published_at": date})
    assert document.published_at == DAY
    assert "taken as missing" in str(document.remark)


def test_a_language_that_nobody_knows_is_missing_and_said() -> None:
    document = taken({"text": "Body", "language": "not a language"})
    assert document.language == "kk"
    assert "no language that is known" in str(document.remark)


def test_one_address_is_given_to_one_document() -> None:
    options = InputOptions(defaults=DEFAULTS)
    body = b"title,text\nA,b\nC,d\n"
    first, second = read_table("a.csv", io.BytesIO(body), observed_at=NOON, options=options)
    assert isinstance(first, Document)
    assert first.url == DEFAULTS.url
    assert second == Rejected(subject="a.csv:3", reason="has no address, and --url is that of a.csv:2")


def test_a_text_file_takes_what_its_lines_do_not_say() -> None:
    body = f"Talks on the lake\n\nSource: Lake News\n\n{text(0, 1)}\n".encode()
    document = read_text("a.txt", body, NOON, InputOptions(defaults=DEFAULTS))
    assert isinstance(document, Document)
    assert told(document) == (DEFAULTS.url, DAY, True, "Lake News", "kk")


@pytest.mark.parametrize(("lang", "expected"), [('lang="en"', "en"), ("", "kk")])
def test_a_page_that_names_its_language_keeps_it(lang: str, expected: str) -> None:
    page = f"<html {lang}><head><title>Lake talks</title></head><body><p>{text(0, 1, 2)}</p></body></html>"
    assert taken({"html": page}).language == expected


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ru", "ru"),
        ("kk-Latn", "kk-Latn"),
        ("en_GB", "en-GB"),
        ("Russian", "ru"),
        ("Русский", "ru"),
        ("Türkçe", "tr"),
        ("oʻzbekcha", "uz"),
        ("Қазақ тілі", "kk"),
        ("中文", "zh"),
        ("the language of the steppe", None),
        ("", None),
        ("42", None),
    ],
)
def test_languages_are_known_by_code_and_name(written: str, code: str | None) -> None:
    assert language_code(written) == code


def zone_of(source: str | None, url: str | None) -> str | None:
    return "Asia/Bishkek" if source == "valley" or (url or "").startswith("https://valley.example/") else None


@pytest.mark.parametrize(
    ("record", "defaults", "link"),
    [
        pytest.param({"url": "https://valley.example/1"}, Defaults(), "", id="its address"),
        pytest.param({"source": "valley"}, Defaults(), "", id="its source"),
        pytest.param({}, Defaults(source="valley"), "", id="the person's source"),
        pytest.param({}, Defaults(url="https://valley.example/1"), "", id="the person's address"),
        pytest.param({}, Defaults(), "https://valley.example/1", id="what the page calls its address"),
    ],
)
def test_a_clock_of_a_page_is_that_of_its_outlet(record: dict[str, str], defaults: Defaults, link: str) -> None:
    head = f'<link rel="canonical" href="{link}">' if link else ""
    shown = f"<h1>Lake talks</h1><div class='date'>06.01.2022 11:30</div><p>{text(0, 1, 2)}</p>"
    line = json.dumps({**record, "html": f"<html><head>{head}</head><body><article>{shown}</article></body></html>"})
    told = []
    for options in (InputOptions(defaults=defaults, zone_of=zone_of), InputOptions(defaults=defaults)):
        (document,) = read_lines("a.jsonl", io.BytesIO(line.encode()), observed_at=NOON, options=options)
        assert isinstance(document, Document)
        told.append((document.published_at, document.published_is_day))
    assert told == [(datetime(2022, 1, 6, 5, 30, tzinfo=UTC), False), (datetime(2022, 1, 6, tzinfo=UTC), True)]
