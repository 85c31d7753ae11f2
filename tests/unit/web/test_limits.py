"""How long an exchange may take, and how much a request may hold, by path."""

from __future__ import annotations

import pytest

from web.limits import EXPORT_S, exchange_time


@pytest.mark.parametrize(
    ("path", "seconds"),
    [
        ("/api/v1/exports/articles", EXPORT_S),
        ("/exports/articles.csv", EXPORT_S),
        ("/api/v1/exports", 60.0),
        ("/api/v1/articles", 60.0),
        ("/", 60.0),
    ],
)
def test_a_file_may_take_longer_than_an_answer(path: str, seconds: float) -> None:
    assert exchange_time(path, 60.0) == seconds
