"""Paths of a reader through the pages in a real browser: by keyboard, over charts, and before anything is collected."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from browsing import faults_of, opened, visit
from playwright.sync_api import Browser, Page, expect
from samplestore import empty_store
from webserved import served
from webstore import NOW

from db.dialect.word_index import create_word_index
from web.app import create_app

_FOCUSED = "document.activeElement.getAttribute('href')"


@pytest.fixture(scope="module")
def new_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the pages over a store in which nothing has been collected."""
    folder: Path = tmp_path_factory.mktemp("new")
    store = empty_store(f"sqlite:///{folder / 'steppewatch.db'}")
    store.write(create_word_index)
    with served(create_app(store, now=lambda: NOW, cache=folder / "cache")) as address:
        yield address
    store.close()


def go(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_an_analyst_needs_the_keyboard_only(chromium: Browser, site: str) -> None:
    with opened(chromium, accept_downloads=True) as context:
        page, said = visit(context, site + "/")
        page.keyboard.press("j")
        go(page, "Enter")
        expect(page).to_have_url(re.compile("/entities/"))
        summary = page.locator("details:has(table.dense) > summary")
        summary.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")  # to the table, which moves by the arrow keys
        page.keyboard.press("Tab")
        day = page.evaluate(_FOCUSED)
        assert "since=" in day
        go(page, "Enter")
        page.keyboard.press("j")
        go(page, "Enter")
        expect(page).to_have_url(re.compile(r"/articles/\d+"))
        article = urlsplit(page.url).path.rpartition("/")[2]
        page.locator("a[href^='/stories/']").first.focus()
        go(page, "Enter")
        expect(page).to_have_url(re.compile(r"/stories/\d+"))
        page.goto(site + f"/exports?kind=articles&since={parse_qs(urlsplit(day).query)['since'][0]}")
        page.get_by_role("link", name="Download").focus()
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
        assert article in {row["article_id"] for row in rows}
        assert said == []


def test_who_comes_back_stands_where_they_left_the_list(chromium: Browser, site: str) -> None:
    with opened(chromium) as context:
        page, _ = visit(context, site + "/search")
        for _ in range(7):
            page.keyboard.press("j")
        left = page.evaluate(_FOCUSED)
        go(page, "Enter")
        page.go_back()
        page.wait_for_function(f"{_FOCUSED} === '{left}'")
        page.keyboard.press("k")
        assert page.evaluate(_FOCUSED) == page.locator("[data-list] h3 a").nth(5).get_attribute("href")


@pytest.mark.parametrize(("key", "code", "moves"), [("о", "KeyJ", True), ("ت", "KeyJ", True), ("р", "KeyZ", False)])
def test_keys_stand_where_they_do_on_a_latin_keyboard(
    chromium: Browser, site: str, key: str, code: str, moves: bool
) -> None:
    with opened(chromium) as context:
        page, _ = visit(context, site + "/search")
        page.evaluate(
            "([key, code]) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true}))",
            [key, code],
        )
        first = page.locator("[data-list] h3 a").first.get_attribute("href")
        assert (page.evaluate(_FOCUSED) == first) is moves


def test_the_slash_of_a_russian_keyboard_leads_to_the_search(chromium: Browser, site: str) -> None:
    with opened(chromium) as context:
        page, _ = visit(context, site + "/outlets")
        press = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '.', code: 'Slash', bubbles: true}))"
        page.evaluate(press)
        assert page.evaluate("document.activeElement.name") == "q"


def test_letters_typed_into_a_field_are_no_keys(chromium: Browser, site: str) -> None:
    with opened(chromium) as context:
        page, _ = visit(context, site + "/entities")
        field = page.get_by_role("searchbox", name="Name in any language")
        field.press_sequentially("hej o?/")
        expect(field).to_have_value("hej o?/")
        expect(page).to_have_url(site + "/entities")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_whole_height_of_a_day_says_its_numbers_and_leads_to_its_articles(chromium: Browser, site: str) -> None:
    with opened(chromium, viewport={"width": 1440, "height": 900}) as context:
        page, said = visit(context, site + "/entities/csto?since=2022-01-01&until=2022-01-10")
        canvas = page.locator("figure[data-chart='series'] canvas")
        canvas.evaluate("one => one.scrollIntoView({block: 'center'})")
        page.wait_for_function("new Promise(done => requestAnimationFrame(() => setTimeout(() => done(true), 100)))")
        box = canvas.bounding_box()
        assert box is not None
        tip = page.locator(".chart-tip")
        # the last days have articles; ten columns stand beside each other from about 30 px on
        place = (box["x"] + box["width"] - 60, box["y"] + box["height"] - 60)
        page.mouse.move(*place)
        expect(tip).to_be_visible()
        assert "undefined" not in tip.inner_text()
        day = re.search(r"2022-01-\d\d", tip.inner_text())
        assert day is not None
        with page.expect_navigation():
            page.mouse.click(*place)
        assert parse_qs(urlsplit(page.url).query)["since"] == [day.group()]
        assert said == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "steppewatch demo"),
        ("/search", "steppewatch ingest PATH"),
        ("/search?q=nowhere", "Nothing has been collected yet"),
        ("/entities", "CSTO"),
        ("/entities/csto", "No article about this entity"),
        ("/compare", "Name two entities or more"),
        ("/compare?entity=csto&entity=turan", "No article"),
        ("/outlets", "3 outlets"),
        ("/alerts", "steppewatch alert add"),
        ("/exports", "No row passes these filters"),
        ("/status", "steppewatch source add"),
        ("/entities/nobody", "There is no such page"),
    ],
)
def test_before_anything_is_collected_each_page_says_what_to_do(
    chromium: Browser, new_site: str, path: str, words: str
) -> None:
    with opened(chromium, viewport={"width": 390, "height": 844}) as context:
        page, said = visit(context, new_site + path)
        assert said == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert faults_of(page) == []
        text = page.locator("main").inner_text()
        assert words in text, text


def test_paper_has_no_menus_and_keeps_the_addresses_of_outlets(chromium: Browser, site: str) -> None:
    with opened(chromium) as context:
        page, _ = visit(context, site + "/articles/2")
        page.emulate_media(media="print")
        for hidden in (".menu", ".find", ".formats"):
            expect(page.locator(hidden).first).to_be_hidden()
        expect(page.locator(".words")).to_be_visible()
        address = page.locator("a.out").first.evaluate("link => getComputedStyle(link, '::after').content")
        assert "https://" in address
        page.goto(site + "/entities/csto")
        expect(page.locator("main form")).to_be_hidden()
        expect(page.locator("h1")).to_be_visible()
