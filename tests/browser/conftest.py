"""Debian's chromium, steered by Playwright; without it these tests are skipped with the reason."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from webserved import served
from webstore import NOW, full_store

from web.app import create_app

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")


@pytest.fixture(scope="session")
def browser_path() -> str:
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    pytest.skip(f"no browser on this machine: none of {', '.join(BROWSERS)}")


@pytest.fixture(scope="module")
def chromium(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(_OPTIONS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of all pages over a store that fills each of them."""
    folder: Path = tmp_path_factory.mktemp("site")
    store = full_store(f"sqlite:///{folder / 'steppewatch.db'}")
    with served(create_app(store, now=lambda: NOW, cache=folder / "cache")) as address:
        yield address
    store.close()
