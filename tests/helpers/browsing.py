"""Pages in a real browser: opened, with what its console says and what axe-core finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

SERIOUS = ("serious", "critical")
"""The faults of axe-core that fail a page."""


@contextmanager
def opened(chromium: Browser, **options: Any) -> Iterator[BrowserContext]:
    context = chromium.new_context(**options)
    try:
        yield context
    finally:
        context.close()


def visit(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """Return the page when all is loaded, and what its console said; an error page may say that it is one."""
    said: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address, wait_until="load")
    for figure in page.locator("figure[data-chart]").all():  # charts are drawn when they come into sight
        figure.scroll_into_view_if_needed()
        expect(figure.locator("canvas, .chart-drawn svg").first).to_be_visible(timeout=60_000)
    return page, [line for line in said if "the server responded with a status of 4" not in line]


def faults_of(page: Page) -> list[str]:
    """Return the serious faults that axe-core finds, each with its first place."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:200]} {fault['nodes'][0].get('failureSummary', '')[:200]}"
        for fault in found
        if fault["impact"] in SERIOUS
    ]
