"""Addresses as arguments of commands."""

from __future__ import annotations

from urllib.parse import urlsplit

import typer


def parse_web_address(url: str, option: str) -> str:
    """Return the URL, stripped. Raises typer.BadParameter unless it is http(s)."""
    from db.net.urls import MAX_LENGTH, canonical_url

    try:
        canonical_url(url)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error
    if len(url) > MAX_LENGTH or not urlsplit(url.strip()).hostname:
        raise typer.BadParameter(f"not an absolute http(s) address: {url[:200]!r}", param_hint=option)
    return url.strip()
