"""Places of things on screens between a telephone and a desk, and the length of shown texts."""

from __future__ import annotations

import pytest
from browsing import opened, visit
from playwright.sync_api import Browser, Page

WIDTHS = (768, 1024, 1280)
PAGES = ("/", "/outlets", "/alerts", "/status", "/entities/csto", "/outlets/oasis-wire")

_BROKEN = """selector => [...document.querySelectorAll(selector)].flatMap(cell => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    const broken = [];
    while (cell.offsetParent && texts.nextNode()) {
        const words = texts.currentNode.data.trim();
        const range = document.createRange();
        range.selectNodeContents(texts.currentNode);
        if (words && !/\\s/.test(words) && range.getClientRects().length > 1) broken.push(words);
    }
    return broken;
})"""
"""Returns the single words that stand in more than one line of their cell."""


def style(page: Page, selector: str, name: str) -> str:
    value: str = page.eval_on_selector(selector, f"one => getComputedStyle(one).{name}")
    return value


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit_and_break_no_word_of_a_narrow_column(chromium: Browser, site: str, width: int) -> None:
    with opened(chromium, viewport={"width": width, "height": 900}) as context:
        for path in PAGES:
            page, said = visit(context, site + path)
            assert said == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.evaluate(_BROKEN, ".rows td:not([dir], .error), .tiles dt, .tiles dd > a") == [], path
            page.close()


def test_a_headline_is_cut_later_on_its_own_page_than_in_a_list(chromium: Browser, site: str) -> None:
    with opened(chromium) as context:
        page, _ = visit(context, site + "/articles/1")
        assert style(page, "main h1", "webkitLineClamp") == "8"
        page, _ = visit(context, site + "/search")
        assert style(page, ".list h3", "webkitLineClamp") == "3"


def test_names_from_right_to_left_stand_below_the_others_in_a_table(chromium: Browser, site: str) -> None:
    with opened(chromium) as context:
        page, _ = visit(context, site + "/outlets")
        page.eval_on_selector("tbody th", "one => { one.firstElementChild.textContent = 'راه ابریشم' }")
        assert page.eval_on_selector("tbody th", "one => one.matches(':dir(rtl)')")
        lefts = page.eval_on_selector_all("tbody th > a", "all => all.map(one => one.getBoundingClientRect().left)")
        assert len(set(lefts)) == 1


def test_all_tiles_stay_in_sight_when_the_letters_are_twice_as_large(chromium: Browser, site: str) -> None:
    with opened(chromium, viewport={"width": 780, "height": 900}) as context:
        page, _ = visit(context, site + "/")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        tiles = page.locator(".tiles > div").all()
        assert all((box := tile.bounding_box()) and box["x"] + box["width"] <= 780 for tile in tiles)


def test_the_status_page_says_whose_times_it_shows(chromium: Browser, site: str) -> None:
    with opened(chromium, timezone_id="Asia/Almaty") as context:
        page, _ = visit(context, site + "/status")
        assert "Asia/Almaty" in page.locator("footer .zone").inner_text()
    with opened(chromium, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site + "/status")
        assert page.locator("footer .zone").inner_text() == "all times are UTC"


def test_who_reads_a_change_on_a_telephone_finds_the_other_texts(chromium: Browser, site: str) -> None:
    with opened(chromium, viewport={"width": 390, "height": 844}) as context:
        page, _ = visit(context, site + "/search?q=Later")
        page.locator("[data-list] h3 a").first.click()
        page.get_by_role("link", name="see what changed").click()
        page.get_by_role("link", name="All 2 texts").click()
        assert page.url.endswith("#texts")


def test_a_chart_takes_the_place_that_its_small_picture_held(chromium: Browser, site: str) -> None:
    with opened(chromium, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.route("**/charts/*.js", lambda route: route.abort())
        page.goto(site + "/entities/csto")
        before = page.locator("figure[data-chart='series']").bounding_box()
        page.unroute_all()
        page.reload()
        page.locator("figure[data-chart='series'] canvas").first.wait_for(timeout=60_000)
        after = page.locator("figure[data-chart='series']").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["height"] - after["height"]) < 30
