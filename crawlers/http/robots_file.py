"""A file of rules of robots.txt files, so that a crawler that is started again asks no host for them twice a day."""

from __future__ import annotations

import binascii
import json
import logging
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from crawlers.http.robots_rules import KEEP_S, MAX_BYTES, RuleBook, Rules

log = logging.getLogger("crawler")

NAME = "robots-rules.jsonl"
SAVE_EVERY_S = 600.0
_LINE_MAX = 2 * MAX_BYTES


class RobotsFile:
    """The file in a folder of reproducible data: read at the start, written now and then and at the end."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._saved_at = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Return whether the file should be written again."""
        return time.monotonic() - self._saved_at >= SAVE_EVERY_S

    def read(self) -> RuleBook:
        """Return the rules that are still valid; none if there is no file."""
        book = RuleBook()
        try:
            with self._path.open("rb") as file:
                for site, rules in parse_rules(iter(lambda: file.readline(_LINE_MAX), b""), time.time()):
                    book.keep(site, rules, is_loaded=True)
        except FileNotFoundError:
            pass
        except OSError as error:
            log.warning("%s cannot be read; asking for robots.txt files again: %s", self._path, error)
        return book

    def write(self, book: RuleBook) -> None:
        """Replace the file by the rules of a book; a file that cannot be written only costs requests later."""
        self._saved_at = time.monotonic()
        beside = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.writelines(format_rules(book.list_rules(), time.time()))
            beside.replace(self._path)
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path, error)


def format_rules(rules: Iterable[tuple[str, Rules]], at: float) -> Iterator[bytes]:
    """Yield a line for each site that answered: its address, the time of the answer (Unix), the packed text."""
    now = time.monotonic()
    for site, each in rules:
        if each.trouble is None and each.hold(now, None):
            packed = binascii.b2a_base64(each.packed or b"", newline=False).decode("ascii")
            yield json.dumps([site, at - (now - each.read_at), packed]).encode() + b"\n"


def parse_rules(lines: Iterable[bytes], at: float) -> Iterator[tuple[str, Rules]]:
    """Yield the rules of the lines that can be read and are less than a day old at this time (Unix)."""
    now = time.monotonic()
    for line in lines:
        try:
            site, read_at, packed = json.loads(line)
            age_s = at - float(read_at)
            rules = Rules(binascii.a2b_base64(packed), None, now - age_s + KEEP_S, now - age_s)
        except (ValueError, TypeError, RecursionError):
            continue
        if isinstance(site, str) and 0 <= age_s < KEEP_S and rules.is_readable:
            yield site, rules
