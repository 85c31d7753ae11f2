"""Fields of JSON lines and columns of CSV: what is known, what is named and left out, what a person maps."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

import pytest
from samples import NOON

from worker.chain.documents import Document, Rejected
from worker.chain.inputs import fields
from worker.chain.inputs.defaults import InputOptions
from worker.chain.inputs.fields import BadMapping, Columns, InputField, nearest_field, parse_mapping
from worker.chain.inputs.reader import read_lines, read_table
from worker.export.formats.csv_lines import guard

OURS = "article_id,url,source,title,author,language,published_at,collected_at,cluster_id,canonical_url,text"


def table(body: str, *pairs: str) -> tuple[list[Document | Rejected], list[str]]:
    """Return what becomes of the rows of a CSV, and what is said."""
    said: list[str] = []
    options = InputOptions(columns=Columns(mapping=parse_mapping(pairs), note=said.append))
    return list(read_table("a.csv", io.BytesIO(body.encode()), observed_at=NOON, options=options)), said


def lines(records: Sequence[dict[str, object]], *pairs: str) -> tuple[list[Document | Rejected], list[str]]:
    """Return what becomes of lines of JSON, and what is said."""
    said: list[str] = []
    columns = Columns(mapping=parse_mapping(pairs), note=said.append)
    stream = io.BytesIO("\n".join(map(json.dumps, records)).encode())
    read = list(read_lines("a.jsonl", stream, observed_at=NOON, options=InputOptions(columns=columns)))
    columns.tell_rest()
    return read, said


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("titel", "title"),
        ("Headline", "title"),
        ("body", "text"),
        ("articleBody", "text"),
        ("full text", "text"),
        ("publishedAt", "published_at"),
        ("published", "published_at"),
        ("Publication Date", "published_at"),
        ("link", "url"),
        ("lang", "language"),
        ("byline", "author"),
        ("Publisher", "source"),
        ("Заголовок", "title"),
        ("Текст", "text"),
        ("Дата публикации", "published_at"),
        ("Источник", "source"),
        ("Язык", "language"),
        ("başlık", "title"),
        ("Metin", "text"),
        ("Tarih", "published_at"),
        ("Kaynak", "source"),
        ("wordcount", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_what_others_call_a_field_is_known(name: str, meant: str | None) -> None:
    assert nearest_field(name) == meant


def test_columns_are_found_whatever_their_case_and_signs() -> None:
    (document,), said = table('TITLE,"Published At", text \nTalks,2022-01-05,On the lake\n')
    assert isinstance(document, Document)
    assert (document.title, document.text, document.published_is_day, said) == ("Talks", "On the lake", True, [])


def test_all_fields_of_a_table_are_taken() -> None:
    header = "url,title,text,author,published_at,source,language"
    (document,), _ = table(f"{header}\nhttps://a.example/1,T,Body,Jane Roe,2022-01-05,a.example,Russian\n")
    assert isinstance(document, Document)
    assert (document.url, document.author, document.source, document.language) == (
        "https://a.example/1",
        "Jane Roe",
        "a.example",
        "ru",
    )


def test_a_page_in_a_table_is_read_as_one() -> None:
    page = "<html><head><title>Lake talks</title></head><body><p>Ministers met.</p></body></html>"
    (document,), _ = table(f'url;html\nhttps://a.example/1;"{page}"\n')
    assert isinstance(document, Document)
    assert document.title == "Lake talks"


def test_a_mapped_column_is_taken_and_others_are_named_once() -> None:
    (document, _), said = table("title,Body,Words\nA,One,3\nB,Two,4\n", "text=Body")
    assert isinstance(document, Document)
    assert document.text == "One"
    assert said == ["a.csv: the column 'Words' is not known and left out; --map field=Words takes it as one"]


def test_an_unknown_field_of_json_is_named_once_with_the_nearest() -> None:
    (document, _), said = lines([{"titel": "A", "text": "One"}, {"titel": "B", "text": "Two"}])
    assert isinstance(document, Document)
    assert document.title is None
    assert said == ["a.jsonl: the field 'titel' is not known and left out; --map title=titel takes it as the title"]


def test_a_mapped_field_of_json_is_taken() -> None:
    (document,), said = lines([{"titel": "A", "text": "One"}], "title=titel")
    assert isinstance(document, Document)
    assert (document.title, said) == ("A", [])


def test_where_the_mapped_column_is_missing_the_usual_one_counts_and_it_is_said() -> None:
    (document,), said = table("title,text\nA,One\n", "text=Body")
    assert isinstance(document, Document)
    assert (document.text, said) == ("One", ["a.csv: there is no column 'Body', which --map takes as text"])


def test_of_very_many_unknown_fields_a_few_are_named_and_the_rest_counted() -> None:
    _, said = lines([{"text": "One", **{f"field {number}": 1 for number in range(500)}}] * 2)
    assert len(said) == fields.MOST_TOLD + 1
    assert "480 more fields" in said[-1]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("Headline;Body\nA;One\n", "--map title=Headline --map text=Body", id="others"),
        pytest.param("title;Body;date\nA;One;2022\n", "called text, but 'Body', 'date': say which", id="a text unseen"),
        pytest.param("A talk on the lake,2022\nAnother,2023\n", "no column is called title or text", id="no header"),
        pytest.param("url,source\nhttps://a.example,b\n", "no column is called title or text", id="nothing to read"),
        pytest.param("title,text,Text\nA,b,c\n", "", id="the exact one counts"),
        pytest.param("title,Text,TEXT\nA,b,c\n", "2 columns are called 'Text'", id="twice"),
        pytest.param("", "an empty file", id="nothing"),
        pytest.param("," * 300_000, "delimiters", id="too wide"),
    ],
)
def test_a_table_that_cannot_be_read_is_one_rejection(body: str, reason: str) -> None:
    (only,), _ = table(body)
    assert (only.reason if isinstance(only, Rejected) else "").find(reason) >= 0
    assert only.subject == "a.csv" if isinstance(only, Rejected) else reason == ""


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A,b,c", "3 cells, where the header has 2"),
        ('A,"b', "never closed"),
        ("A,b,,", ""),
        ("A", ""),
        (",", None),
    ],
)
def test_a_row_that_does_not_fit_is_rejected_by_its_line(row: str, reason: str | None) -> None:
    read, _ = table(f"title,text\n{row}\nC,d\n")
    last = read.pop()
    said = [(each.subject, each.reason) if isinstance(each, Rejected) else ("", "") for each in read]
    assert [reason in why for _, why in said] == ([] if reason is None else [True])
    assert all(where in ("a.csv:2", "") for where, _ in said)
    assert isinstance(last, Document)


@pytest.mark.parametrize("text", ["=1+1", "-5 degrees", "@home", "'quoted'", "\tindented", "+7", "plain", "'=1"])
def test_a_guarded_cell_of_our_own_export_is_what_it_was(text: str) -> None:
    cell = guard(text).replace('"', '""')
    (document,), said = table(
        f'{OURS}\n1,https://a.example/1,a.example,"{cell}",,en,,2022-01-05,1,https://a.example/1,b\n'
    )
    assert isinstance(document, Document)
    assert (document.title, said) == (text, [])


def test_an_apostrophe_that_no_export_of_ours_put_there_stays() -> None:
    ours, _ = table(f"{OURS}\n1,https://a.example/1,a.example,'tis so,,en,,2022-01-05,1,https://a.example/1,b\n")
    theirs, _ = table("title,text\n'=1+1,b\n")
    assert [each.title for each in (*ours, *theirs) if isinstance(each, Document)] == ["'tis so", "'=1+1"]


def test_an_article_that_only_its_feed_knows_keeps_its_address() -> None:
    urn = f"urn:steppewatch:entry:{'0a' * 16}"
    (document,), _ = table(f"{OURS}\n1,https://a.example/feed,a.example,Talks,,en,,2022-01-05,1,{urn},b\n")
    assert isinstance(document, Document)
    assert document.address == urn


def test_no_stranger_files_an_article_under_an_address_of_that_kind() -> None:
    (document,), _ = table(f"title,canonical_url\nTalks,urn:steppewatch:entry:{'0a' * 16}\n")
    assert isinstance(document, Document)
    assert document.address is None


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("text", "not like text=body"),
        ("=body", "not like text=body"),
        ("text=", "not like text=body"),
        ("content=body", "did you mean text?"),
        ("Body=text", "the field comes first, text=Body"),
        ("xyz=body", "there are url, title"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused(pair: str, said: str) -> None:
    with pytest.raises(BadMapping, match=said.replace("?", r"\?")):
        parse_mapping([pair])


def test_a_field_is_mapped_once() -> None:
    with pytest.raises(BadMapping, match="given twice"):
        parse_mapping(["text=a", "text=b"])


def test_a_table_of_headlines_is_taken_as_one() -> None:
    (document,), said = table("title,summary\nTalks on the lake,They met\n")
    assert isinstance(document, Document)
    assert (document.title, document.text) == ("Talks on the lake", "")
    assert "'summary' is not known" in said[0]


def test_every_field_has_a_meaning() -> None:
    assert set(fields.MEANINGS) == set(InputField)
