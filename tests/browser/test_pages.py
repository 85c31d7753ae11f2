"""Every page in a real browser: a quiet console, no serious fault of access, no sideways scroll; no script needed."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import faults_of, opened, visit
from playwright.sync_api import Browser, expect

PAGES = (
    "/",
    "/search",
    "/search?q=CSTO+AND+drill*&since=2021",
    "/search?q=csto+AND",
    "/entities",
    "/entities/csto",
    "/entities/csto?level=name&split=lang",
    "/entities/tashkent",
    "/compare?entity=csto&entity=turan",
    "/compare?entity=csto&entity=tashkent&first=2021-12&second=2022-01",
    "/outlets",
    "/outlets/oasis-wire",
    "/outlets/meadow.example",
    "/articles/1",
    "/articles/1/revisions",
    "/stories/1",
    "/alerts",
    "/alerts/1",
    "/exports?kind=mentions&since=2021",
    "/status",
    "/nowhere",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_quiet_accessible_and_fits(chromium: Browser, site: str, path: str) -> None:
    with opened(chromium, viewport={"width": 1440, "height": 900}) as context:
        page, said = visit(context, site + path)
        assert said == []
        assert page.title() != "run", "something that others wrote was run"
        assert faults_of(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 1440


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_readable_in_the_dark_and_fits_a_telephone(chromium: Browser, site: str, path: str) -> None:
    with opened(chromium, viewport={"width": 390, "height": 844}, color_scheme="dark") as context:
        page, said = visit(context, site + path)
        assert said == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert faults_of(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_no_script(chromium: Browser, site: str, path: str) -> None:
    with opened(chromium, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site + path)
        assert page.locator("main h1").count() == 1
        for figure in page.locator("figure[data-chart]").all():
            if figure.get_attribute("data-chart") == "change":  # has no small picture: its table stands alone
                expect(figure.locator("figcaption")).to_be_hidden()
            else:
                expect(figure.locator(".chart-still svg")).to_be_visible()


def test_from_the_overview_to_a_file(chromium: Browser, site: str, tmp_path: Path) -> None:
    with opened(chromium, accept_downloads=True) as context:
        page, _ = visit(context, site + "/")
        page.get_by_role("link", name="CSTO", exact=True).first.click()
        expect(page).to_have_url(re.compile("/entities/csto"))
        page.locator("details:has(table.dense) > summary").first.click()
        day = page.locator("table.dense a[href*='/search']").first
        number = int(re.sub(r"\D", "", day.inner_text()))
        day.click()
        expect(page).to_have_url(re.compile("/search"))
        articles = page.locator("[data-list] > li")
        assert articles.count() == number
        articles.locator("h3 a").first.click()
        expect(page).to_have_url(re.compile(r"/articles/\d+"))
        article = urlsplit(page.url).path.rpartition("/")[2]
        page.goto(f"{site}/stories/{article}")
        expect(page.locator("main h1")).to_be_visible()
        page.get_by_role("link", name="Exports").click()
        page.get_by_role("textbox", name="Entity").fill("CSTO")
        page.get_by_role("button", name="Preview").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download").click()
        rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert article in {row["article_id"] for row in rows}


def test_keys_lead_through_a_list(chromium: Browser, site: str) -> None:
    with opened(chromium) as context:
        page, _ = visit(context, site + "/search")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        assert page.evaluate("document.activeElement === document.querySelector('[data-list] h3 a')")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "q"
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()


def test_times_are_in_the_zone_of_the_reader(chromium: Browser, site: str) -> None:
    with opened(chromium, timezone_id="Asia/Tokyo", locale="en-GB") as context:
        page, _ = visit(context, site + "/alerts/1")
        time = page.locator("main time").first
        assert time.get_attribute("datetime") == "2022-01-10T12:00:00Z"
        assert "21:00" in time.inner_text()
        assert time.get_attribute("title") == "2022-01-10 12:00:00 UTC"
