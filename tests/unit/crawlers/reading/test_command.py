"""`steppewatch feed` on files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from commandline import run

RSS = (
    '<rss version="2.0"><channel><title>Courier</title><item><title>Шёлк &amp; дорога</title>'
    "<link>https://c.example/1</link><guid>1</guid><pubDate>Thu, 06 Jan 2022 16:00:00 +0600</pubDate></item>"
    "<item><title>no link</title></item></channel></rss>"
)


def test_each_feed_is_a_line_and_a_bad_one_an_error_line(tmp_path: Path) -> None:
    good, bad, missing = tmp_path / "good.xml", tmp_path / "page.html", tmp_path / "none.xml"
    good.write_text(RSS, encoding="utf-8")
    bad.write_text("<html><body>hi</body></html>")
    result = run("feed", str(bad), str(good), str(missing), str(tmp_path))
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [line["file"] for line in lines] == [str(bad), str(good), str(missing), str(tmp_path)]
    assert lines[0] == {"file": str(bad), "error": "an HTML page, not a feed"}
    assert lines[2]["error"] == "no such file or directory"
    assert lines[3]["error"] == "is a directory"
    assert lines[1]["title"] == "Courier"
    assert lines[1]["entries"][0] == {
        "url": "https://c.example/1",
        "guid": "1",
        "title": "Шёлк & дорога",
        "author": None,
        "published_at": "2022-01-06T10:00:00Z",
        "updated_at": None,
        "summary": None,
        "content": None,
    }
    assert lines[1]["entries"][1]["url"] is None


def test_all_good_is_zero_and_nothing_named_is_wrong_usage(tmp_path: Path) -> None:
    good = tmp_path / "good.xml"
    good.write_text(RSS, encoding="utf-8")
    assert run("feed", str(good)).exit_code == 0
    assert run("feed").exit_code == 2


def test_a_feed_in_a_packed_file_is_read(tmp_path: Path) -> None:
    packed, broken = tmp_path / "rss.xml.gz", tmp_path / "broken.gz"
    packed.write_bytes(gzip.compress(RSS.encode()))
    broken.write_bytes(b"\x1f\x8b\x08 nothing")
    result = run("feed", str(packed), str(broken))
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [entry["url"] for entry in lines[0]["entries"]] == ["https://c.example/1", None]
    assert lines[1]["error"] == "a compressed file, not a feed"
