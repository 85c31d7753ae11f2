"""What the bytes of an answer are, whatever its headers say: packed, plain, broken off, a page or another file."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import Request, Response

from crawlers.http.bodies import (
    TooLarge,
    Unpacked,
    choose_content_type,
    count_visible_letters,
    describe_binary,
    is_document,
    is_ended,
    is_html,
    unpack,
)
from crawlers.http.middlewares import EncodingMiddleware
from crawlers.http.results import DATALOSS, RequestBlocked, from_response

PAGE = "<!doctype html><html><title>Учения</title><p>Патрули вышли на перевал.</html>".encode()
FEED = b"<?xml version='1.0'?><rss version='2.0'><channel><title>Courier</title></channel></rss>"
LONG = b"<html><p>" + b"".join(b"Patrol %d left the pass. " % n for n in range(20_000)) + b"</html>"
WORDS = "Патрули вышли на перевал, чтобы встретить караван до темноты.".encode()
BODIES = [PAGE, b"\xef\xbb\xbf\n" + PAGE, FEED, b"<rss/>", b'{"items": []}', b"[ {} ]"]
MOST = 1_000_000


def read(body: bytes, *flags: str, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Response("https://a.kz/", headers=named, body=body, flags=list(flags))
    return EncodingMiddleware(MOST).process_response(Request("https://a.kz/"), response)


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def named_gzip(body: bytes) -> bytes:
    held = io.BytesIO()
    with gzip.GzipFile("rss.xml", "wb", fileobj=held) as packed:
        packed.write(body)
    return held.getvalue()


@pytest.mark.parametrize("body", [*BODIES, WORDS])
@pytest.mark.parametrize("said", ["UTF-8", "none", "aws-chunked", "gzip", "br", "deflate", "snappy", "gzip, none"])
def test_a_document_that_is_sent_plain_is_not_unpacked(said: str, body: bytes) -> None:
    response = read(body, Content_Encoding=said)
    assert response.headers.get("Content-Encoding") is None
    assert response.body == body


@pytest.mark.parametrize("body", [b"....", b"", b"<\0\0", b"<p>\0", b"this is not gzip"])
def test_what_cannot_be_told_keeps_its_header(body: bytes) -> None:
    assert not is_document(body)
    assert read(body, Content_Encoding="x-gzip").headers.get("Content-Encoding") == b"gzip"


@pytest.mark.parametrize("said", ["identity", "UTF-8", "windows-1251", "none", "8bit", "chunked", "text/html", "null"])
def test_a_word_that_is_no_encoding_says_nothing(said: str) -> None:
    assert read(b"....", Content_Encoding=said).headers.get("Content-Encoding") is None


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    ("pack", "said"),
    [
        (gzip.compress, "gzip"),
        (gzip.compress, "x-gzip"),
        (gzip.compress, " GZIP "),
        (gzip.compress, "none"),
        (gzip.compress, ""),
        (gzip.compress, "deflate"),
        (gzip.compress, "gzip, aws-chunked"),
        (named_gzip, ""),
        (zlib.compress, "deflate"),
        (raw_deflate, "deflate"),
        (lambda body: gzip.compress(gzip.compress(body)), "gzip"),
        (lambda body: gzip.compress(zlib.compress(body)), "deflate, gzip"),
        (lambda body: gzip.compress(body) + gzip.compress(b""), "gzip"),
        (lambda body: gzip.compress(body) + b"\0" * 512, "gzip"),
        (lambda body: gzip.compress(body)[:-8], "gzip"),
        (lambda body: gzip.compress(body)[:-8] + b"wrong sum", "gzip"),
    ],
)  # fmt: skip
def test_what_is_packed_is_unpacked_whatever_is_said_of_it(
    pack: Callable[[bytes], bytes], said: str, body: bytes
) -> None:
    response = read(pack(body), Content_Encoding=said)
    assert (response.body, response.headers.get("Content-Encoding"), response.flags) == (body, None, [])


@pytest.mark.parametrize("said", ["br", "zstd", "snappy", "br, utf-8"])
def test_what_others_unpack_is_left_to_them(said: str) -> None:
    response = read(b"\x01\x02\x03", Content_Encoding=said)
    assert response.headers.get("Content-Encoding") == said.partition(",")[0].encode()


def test_what_is_packed_too_well_is_refused() -> None:
    for body in (gzip.compress(b"x" * 2 * MOST), gzip.compress(b"x" * 600_000) * 2):
        with pytest.raises(RequestBlocked, match="larger than 1 MB after decompression"):
            read(body)
    with pytest.raises(TooLarge):
        unpack(zlib.compress(b"x" * 2 * MOST), "deflate", max_bytes=MOST)


def test_many_empty_members_have_an_end() -> None:
    assert unpack(gzip.compress(b"") * 50_000, "gzip", max_bytes=MOST) == Unpacked(b"", is_whole=False)


def test_a_file_in_a_file_in_a_file_has_an_end() -> None:
    body = PAGE
    for _ in range(5):
        body = gzip.compress(body)
    assert describe_binary(read(body).body) == "an archive"


@given(st.binary(max_size=300))
def test_nothing_that_is_called_packed_ends_in_an_error(body: bytes) -> None:
    for coding in ("gzip", "deflate"):
        unpack(body, coding, max_bytes=MOST)
        unpack(b"\x1f\x8b\x08" + body, coding, max_bytes=MOST)


# --- broken off


def trouble(response: Response) -> str | None:
    found = from_response(response).trouble
    return found and found.reason


@pytest.mark.parametrize("body", [LONG, FEED, b'{"items": []}', b"<feed><entry/></feed>\n\n", b"<RDF:RDF></rdf:RDF>"])
def test_a_body_that_comes_to_its_end_is_whole_whatever_its_content_length(body: bytes) -> None:
    assert is_ended(body)
    assert trouble(read(body, DATALOSS)) is None


@pytest.mark.parametrize("body", [b"", LONG[:400_000], FEED[:-3], b'{"items": [', b"<feed><entry/>", WORDS, b"[" * 9])
def test_a_body_that_broke_off_is_broken(body: bytes) -> None:
    assert not is_ended(body)
    assert trouble(read(body, DATALOSS)) == f"the response broke off after {len(body):,} bytes"
    assert from_response(read(body, DATALOSS), may_be_cut=True).trouble is None


def test_what_is_packed_says_by_itself_whether_it_is_whole() -> None:
    unended = LONG.removesuffix(b"</html>")
    assert trouble(read(gzip.compress(unended), DATALOSS, Content_Encoding="gzip")) is None
    cut = gzip.compress(unended)[:-1_000]
    for flags in ([DATALOSS], []):
        reason = trouble(read(cut, *flags, Content_Encoding="gzip")) or ""
        assert reason.startswith("the response broke off after ")


def test_an_answer_that_is_no_page_is_judged_by_its_status() -> None:
    assert from_response(Response("https://a.kz/", status=404, body=b"no", flags=[DATALOSS])).trouble is None


# --- which kind


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ([], None),
        ([""], None),
        (["text/html"], "text/html"),
        (["Text/HTML; Charset=Windows-1251"], "text/html; charset=windows-1251"),
        (["text/html, text/html"], "text/html"),
        (["text/html", "text/html; charset=utf-8"], "text/html; charset=utf-8"),
        (["text/html; charset=cp1251, text/html; charset=utf-8"], "text/html; charset=cp1251"),
        (["application/octet-stream", "text/html"], "text/html"),
        (["text/html, application/octet-stream"], "text/html"),
        (["html"], "text/html"),
        (["xhtml"], "text/html"),
        (["html; charset=koi8-r"], "text/html; charset=koi8-r"),
        (["text"], "text/plain"),
        (["charset=utf-8"], "; charset=utf-8"),
        (["text/html;charset: utf-8"], "text/html; charset=utf-8"),
        (["text/html charset=\"utf-8\""], "text/html; charset=utf-8"),
        (["text/html; charset = 'utf-8'"], "text/html; charset=utf-8"),
        (["text/html;;charset=utf-8;"], "text/html; charset=utf-8"),
        (["application/x-httpd-php"], "application/x-httpd-php"),
        (["application/rss+xml; charset=UTF-8"], "application/rss+xml; charset=utf-8"),
        (["none"], None),
    ],
)  # fmt: skip
def test_what_a_content_type_means(said: list[str], meant: str | None) -> None:
    assert choose_content_type(said) == meant
    response = Response("https://a.kz/", headers={"Content-Type": said})
    assert from_response(response).header("content-type") == meant


@pytest.mark.parametrize(
    ("body", "is_page"),
    [
        (PAGE, True),
        (b"\xef\xbb\xbf\r\n<HTML>", True),
        (b"<!-- made by hand --><?php ?>\n<head>", True),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0'>", True),
        ("\ufeff<html>".encode("utf-16-le"), True),
        ("\ufeff<html>".encode("utf-16-be"), True),
        (b"<div class=article>", True),
        (b"<p>", True),
        (FEED, False),
        (b"<svg><title>A</title></svg>", False),
        (b'{"html": "<p>words</p>"}', False),
        (b"document.write('<html>')", False),
        (b"<abbr>", False),
        (b"", False),
        (b"<!--" * 2_000, False),
    ],
)  # fmt: skip
def test_which_bodies_begin_as_pages_do(body: bytes, is_page: bool) -> None:
    assert is_html(body) == is_page


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7 ...", "a PDF file"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"PK\x03\x04....", "an archive"),
        (b"ID3\x03", "a sound"),
        (b"\x00\x01\x02", "a file that is no text"),
        (PAGE, None),
        ("\ufeff<html>".encode("utf-16-le"), None),
        (b"", None),
    ],
)
def test_files_that_are_no_text_are_known_by_their_bytes(body: bytes, kind: str | None) -> None:
    assert describe_binary(body) == kind


@pytest.mark.parametrize(
    ("page", "letters"),
    [
        (b"<title>Moved</title><p>Moved <a href=x>here</a>", 14),
        (b"<script>var a = '<p>many many words';</script>few<style>p {}</style><!-- a > b -->", 3),
        (b"words", 5),
        (b"words <script> words", 5),
        (b"<" * 9, 0),
    ],
)
def test_the_words_that_a_page_shows_are_counted(page: bytes, letters: int) -> None:
    assert count_visible_letters(page) == letters
