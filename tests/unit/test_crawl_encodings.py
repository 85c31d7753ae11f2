"""Which bodies are documents as they stand, whatever their Content-Encoding says."""

from __future__ import annotations

import gzip
import zlib

import pytest
from scrapy.http import Request, Response

from crawlers.middlewares import EncodingMiddleware, is_document

PAGE = "<!doctype html><title>Учения ОДКБ</title>".encode()
BODIES = [PAGE, b"\xef\xbb\xbf\n" + PAGE, b"<?xml version='1.0'?><rss/>", b"<rss/>", b'{"items": []}', b"[ {} ]"]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("said", ["UTF-8", "none", "aws-chunked", "gzip", "br", "deflate", "snappy", "gzip, none"])
def test_a_document_that_is_sent_plain_is_not_unpacked(said: str, body: bytes) -> None:
    response = Response("https://a.kz/", headers={"Content-Encoding": said}, body=body)
    read = EncodingMiddleware().process_response(Request("https://a.kz/"), response)
    assert read.headers.get("Content-Encoding") is None


@pytest.mark.parametrize(
    "body", [*map(gzip.compress, BODIES), *map(zlib.compress, BODIES), b"....", b"", b"<\0\0", b"<p>\0"]
)
def test_what_is_packed_keeps_its_header(body: bytes) -> None:
    assert not is_document(body)
    response = Response("https://a.kz/", headers={"Content-Encoding": "gzip"}, body=body)
    read = EncodingMiddleware().process_response(Request("https://a.kz/"), response)
    assert read.headers.get("Content-Encoding") == b"gzip"
