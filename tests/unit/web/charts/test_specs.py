"""Specs of charts: their numbers are the given ones, doubt is shown, and strangers' names do nothing."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chartsamples import HOSTILE, days, every_spec, line
from hypothesis import given, settings
from hypothesis import strategies as st

from web.charts.bars import BARS_MAX, ChartBar, ChartChange, describe_interval, plot_bars, plot_comparison
from web.charts.heat import plot_heat
from web.charts.parts import ChartEvent, ChartLine, Spec, check_href, distinct_names, plain
from web.charts.series import plot_series
from web.charts.share import plot_share
from web.charts.timeline import ChartArticle, plot_timeline
from worker.coverage.stats.compare import Interval, compare


def rows(spec: Spec) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = spec["data"]["values"]
    return found


def strings(value: object) -> Iterator[str]:
    """Yield every string in a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (key, *strings(item))
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def layers(spec: Spec, style: str) -> list[dict[str, Any]]:
    return [layer for layer in spec["layer"] if layer["mark"].get("style") == style]


COUNTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=40)


@given(st.lists(COUNTS, min_size=1, max_size=5))
def test_a_series_has_the_given_numbers_and_no_others(columns: list[list[int]]) -> None:
    width = min(map(len, columns))
    lines = [
        line(*column[:width], key=f"e{place}", name=f"E{place}", stories=[n // 2 for n in column[:width]])
        for place, column in enumerate(columns)
    ]
    found = {
        (row["key"], row["period"]): (row["articles"], row["stories"])
        for row in rows(plot_series(days(width), lines, per="day"))
    }
    labels = [period.label for period in days(width)]
    assert found == {
        (each.key, label): (each.articles[place], each.stories[place])
        for each in lines
        for place, label in enumerate(labels)
    }


@given(st.lists(COUNTS, min_size=1, max_size=5))
def test_shares_are_those_of_the_counts_and_add_up_to_one(columns: list[list[int]]) -> None:
    width = min(map(len, columns))
    lines = [line(*column[:width], key=f"e{place}", name=f"E{place}") for place, column in enumerate(columns)]
    for is_stacked in (True, False):
        found = rows(plot_share(days(width), lines, per="day", is_stacked=is_stacked))
        for period in days(width):
            here = [row for row in found if row["period"] == period.label]
            whole = sum(row["articles"] for row in here)
            assert all(row["of"] == whole for row in here)
            if whole:
                assert sum(row["share"] for row in here) == pytest.approx(1, abs=1e-5)
                assert here[0]["above"] == 0
                assert here[-1]["top"] == 1
            else:
                assert all(row["share"] is None for row in here)


def test_shares_of_all_articles_in_scope_need_not_add_up() -> None:
    spec = plot_share(days(2), [line(1, 2)], per="day", wholes=[4, 0])
    assert [row["share"] for row in rows(spec)] == [0.25, None]


def test_runs_of_impaired_collection_are_bands_and_named_in_the_text() -> None:
    spec = plot_series(days(9, impaired=(2, 3, 7)), [line(*range(9))], per="day")
    (bands,) = layers(spec, "band")
    found = [(band["first"], band["last"]) for band in bands["data"]["values"]]
    assert found == [("2022-01-03", "2022-01-04"), ("2022-01-08", "2022-01-08")]
    assert [row["period"] for row in rows(spec) if "collection" in row] == ["2022-01-03", "2022-01-04", "2022-01-08"]
    assert "impaired in 3 of 9 periods" in spec["description"]
    assert not layers(plot_series(days(9), [line(*range(9))], per="day"), "band")


def test_an_outlet_has_its_own_doubt() -> None:
    flagged = line(1, 2, 3, impaired=[False, True, False])
    spec = plot_heat(days(3, impaired=(0,)), [flagged, line(0, 0, 4, key="b", name="B")], per="day")
    assert [(row["key"], row["period"]) for row in rows(spec) if "collection" in row] == [("csto", "2022-01-02")]
    assert layers(spec, "flag")


def test_a_map_has_a_cell_for_each_count_and_none_for_nothing() -> None:
    spec = plot_heat(days(3), [line(1, 0, 3), line(0, 2, 0, key="b", name="B")], per="day")
    found = {(row["key"], row["period"]): row["articles"] for row in rows(spec)}
    assert found == {("csto", "2022-01-01"): 1, ("csto", "2022-01-03"): 3, ("b", "2022-01-02"): 2}


def test_empty_years_are_left_out_and_the_axis_names_periods() -> None:
    counts = [0] * 1_200
    counts[3], counts[1_100] = 5, 7
    spec = plot_series(days(1_200), [line(*counts)], per="day")
    assert len(layers(spec, "gap")[0]["data"]["values"]) == 1
    assert sum(row["articles"] for row in rows(spec)) == 12
    assert "Left out, no article: 2022-01-06 to 2025-01-03" in spec["description"]
    points = [(row["at"], row["period"]) for row in rows(spec)]
    assert points == sorted(points)
    assert spec["layer"][-1]["encoding"]["x"]["type"] == "quantitative"


def test_long_runs_of_zeros_do_not_make_a_page_heavy() -> None:
    counts = [7 if place % 90 == 0 else 0 for place in range(20_000)]
    spec = plot_series(days(20_000), [line(*counts)], per="day")
    assert len(rows(spec)) < 1_000
    assert sum(row["articles"] for row in rows(spec)) == sum(counts)
    assert len(json.dumps(spec)) < 200_000


def test_the_largest_lines_are_drawn_in_the_given_order() -> None:
    lines = [line(place, key=f"e{place}", name=f"E{place}") for place in (3, 20, 1, 19, 18, 17, 16, 15, 14, 2)]
    found = [row["key"] for row in rows(plot_series(days(1), lines, per="day"))]
    assert found == ["e3", "e20", "e19", "e18", "e17", "e16", "e15", "e14"]


def test_events_stand_above_their_period() -> None:
    burst = ChartEvent(period="2022-01-02", text="40 where 12 are usual", href="/articles?day=2022-01-02")
    spec = plot_series(days(3), [line(1, 40, 1)], per="day", events=[burst, ChartEvent(period="1999-01-01", text="?")])
    rule, mark = layers(spec, "event")
    (row,) = mark["data"]["values"]
    assert (row["at"], row["href"]) == (rows(spec)[1]["at"], "/articles?day=2022-01-02")
    assert rule["mark"]["type"] == "rule"


def test_bars_have_their_numbers() -> None:
    bars = [ChartBar(key=f"o{place}", name="Herald", value=100 - place, href="/?q=1") for place in range(BARS_MAX + 5)]
    found = rows(plot_bars(bars))
    assert [(row["key"], row["value"]) for row in found] == [(bar.key, bar.value) for bar in bars[:BARS_MAX]]
    assert len({row["name"] for row in found}) == BARS_MAX


@pytest.mark.parametrize("is_ratio", [True, False])
def test_a_change_has_its_interval_and_the_unbounded_is_no_number(is_ratio: bool) -> None:
    before, after = [0, 0, 0], [2, 0, 4]
    changes = [
        ChartChange(key="a", name="A", articles=(0, 6), comparison=compare(before, after)),
        ChartChange(key="b", name="B", articles=(0, 0), comparison=compare(before, before)),
    ]
    spec = plot_comparison(changes, periods=("2021-12", "2022-01"), is_ratio=is_ratio)
    json.dumps(spec, allow_nan=False)
    first = rows(spec)[0]
    interval = changes[0].comparison.ratio if is_ratio else changes[0].comparison.difference
    assert first["low"] == pytest.approx(interval.low, abs=1e-6)
    assert (first["before"], first["after"]) == (0, 6)
    assert (first["value"] is None) is is_ratio


def test_only_what_nothing_bounds_ends_at_the_edge() -> None:
    changes = [
        ChartChange(key="a", name="A", articles=(0, 6), comparison=compare([0, 0, 0], [2, 0, 4])),
        ChartChange(key="b", name="B", articles=(9, 6), comparison=compare([3, 2, 4], [2, 0, 4])),
    ]
    spec = plot_comparison(changes, periods=("2021-12", "2022-01"), is_ratio=True)
    low, high = next(part for part in spec["layer"] if part["mark"].get("style") == "interval")["encoding"]["x"][
        "scale"
    ]["domain"]
    unbounded, bounded = rows(spec)
    assert unbounded["to"] == high
    assert low < bounded["from"] < bounded["to"] < high


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        pytest.param(Interval(1.5, 0.8, 2.7), "1.50 (0.80–2.70)", id="positive"),
        pytest.param(Interval(-1, -7.15, 5.17), "−1.00 (−7.15 to 5.17)", id="no dash beside a minus"),
        pytest.param(Interval(math.inf, 3.32, math.inf), "∞ (≥ 3.32)", id="from nothing"),
        pytest.param(Interval(math.nan, 0, math.inf), "? (≥ 0.00)", id="nothing at all"),
        pytest.param(Interval(0, -math.inf, 2), "0.00 (−∞ to 2.00)", id="unbounded below"),
        pytest.param(Interval(0, -math.inf, math.inf), "0.00 (unbounded)", id="unbounded"),
        pytest.param(Interval(1200, 1000, 1500), "1,200.00 (1,000.00–1,500.00)", id="thousands"),
    ],
)
def test_an_interval_in_words(interval: Interval, said: str) -> None:
    assert describe_interval(interval) == said


def story() -> list[ChartArticle]:
    noon = datetime(2022, 1, 5, 12, tzinfo=UTC)
    return [
        ChartArticle(key="2", outlet="Oasis Wire", title="Again", at=noon + timedelta(hours=3), shared=0.8),
        ChartArticle(key="1", outlet="Steppe Herald", title="First", at=noon, is_original=True, href="/article/1"),
        ChartArticle(key="3", outlet="Oasis Wire", title="Day", at=noon - timedelta(hours=12), is_day=True),
        ChartArticle(key="4", outlet="Nowhere", title="Undated", at=None),
    ]


def test_a_story_is_in_order_of_time_and_says_how_sure_the_time_is() -> None:
    spec = plot_timeline(story())
    found = rows(spec)
    assert [row["key"] for row in found] == ["3", "1", "2"]
    assert [row["kind"] for row in found] == ["reprint", "original", "reprint"]
    assert [row["published"] for row in found] == [
        "2022-01-05, no time given",
        "2022-01-05 12:00 UTC",
        "2022-01-05 15:00 UTC",
    ]
    assert found[0]["to"] - found[0]["from"] == 86_400_000
    assert found[1]["at"] == int(datetime(2022, 1, 5, 12, tzinfo=UTC).timestamp() * 1000)
    assert spec["description"].startswith("4 articles in 2 outlets.")


def test_no_chart_loads_anything_or_says_colours_of_its_own() -> None:
    for spec in every_spec():
        assert "url" not in set(strings(spec))
        assert [text for text in strings(spec) if "//" in text] == [spec["$schema"]]
        assert all("values" in layer["data"] for layer in spec["layer"] if "data" in layer)
        assert not [text for text in strings(spec["layer"]) if text.startswith("#")]
        assert '"log"' not in json.dumps(spec)


def test_names_of_strangers_are_plain_text_and_never_part_of_an_expression() -> None:
    for spec in every_spec(HOSTILE):
        keys = {row.get("key") for row in rows(spec)}
        shown = [text for text in strings(spec) if text not in keys]
        assert all(len(text) <= 500 for text in shown)
        assert not [char for text in shown for char in text if char in "\u202e\u2066\x00\r\n"]
        for layer in spec["layer"]:
            bare = {**layer, "data": None, "encoding": {**layer["encoding"]}}
            for channel in ("x", "y", "color", "shape"):
                bare["encoding"].get(channel, {}) and bare["encoding"].update(
                    {channel: {**bare["encoding"][channel], "scale": None}}
                )
            assert "alert" not in json.dumps(bare)


@given(st.text())
def test_a_plain_text_is_one_line_without_controls(text: str) -> None:
    shown = plain(text, 40)
    assert len(shown) <= 40
    assert shown.isprintable() or set(shown) & set("\u200c\u200d")
    assert plain(shown, 40) == shown


def test_names_in_all_scripts_stay_as_they_are() -> None:
    for name in ("Қазақстан", "Հայաստան", "集体安全条约组织", "سازمان پیمان", "می\u200cخواهم", "צה״ל"):
        assert plain(name) == name


@given(st.lists(st.text(max_size=3), max_size=8))
def test_shown_names_differ(names: list[str]) -> None:
    found = distinct_names(names)
    assert len(set(found)) == len(names)
    assert all(found)


@pytest.mark.parametrize(
    "href",
    [
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        " /a",
        "/a\nb",
        "/\\evil.example",
        "/" + "a" * 5_000,
        "",
    ],
)
def test_a_chart_leads_nowhere_else(href: str) -> None:
    with pytest.raises(ValueError, match="this site"):
        plot_bars([ChartBar(key="a", name="A", value=1, href=href)])


def test_points_lead_to_their_articles() -> None:
    assert check_href("/articles?entity=csto&day=2022-01-01") == "/articles?entity=csto&day=2022-01-01"
    spec = plot_series(days(2), [line(1, 2, hrefs=["/a", None])], per="day")
    assert [row.get("href") for row in rows(spec)] == ["/a", None]
    assert spec["layer"][-1]["encoding"]["href"] == {"field": "href"}


@given(st.integers(0, 2**32))
@settings(max_examples=3, deadline=None)
def test_a_century_of_days_keeps_its_peaks_and_floors(seed: int) -> None:
    draw = random.Random(seed)
    counts = [[draw.randrange(1, 1_000) for _ in range(20_000)] for _ in range(2)]
    counts[1][draw.randrange(20_000)] = 5_000
    lines = [line(*column, key=str(number), name=str(number)) for number, column in enumerate(counts)]
    periods = days(20_000)
    spec = plot_series(periods, lines, per="day")
    assert len(rows(spec)) <= 24_100
    labels = {period.label: place for place, period in enumerate(periods)}
    found = [(int(row["key"]), labels[row["period"]], row["articles"]) for row in rows(spec)]
    assert all(counts[key][place] == articles for key, place, articles in found)
    assert found == sorted(found)
    for key, column in enumerate(counts):
        drawn = [articles for number, _, articles in found if number == key]
        assert (max(drawn), min(drawn)) == (max(column), min(column))


def test_nothing_is_behind_a_zero() -> None:
    spec = plot_series(days(2), [line(0, 2, hrefs=["/a", "/b"])], per="day")
    assert [row.get("href") for row in rows(spec)] == [None, "/b"]


def test_points_that_no_pointer_finds_are_left_out_with_their_addresses() -> None:
    lines = [line(*[1] * 2_000, key=str(key), name=str(key), hrefs=["/a"] * 2_000) for key in range(4)]
    spec = plot_series(days(2_000), lines, per="day")
    assert len(rows(spec)) == 8_000
    assert {layer["mark"]["type"] for layer in spec["layer"]} == {"point", "line"}  # the first only spans the axis
    assert not [row for row in rows(spec) if "href" in row]
    assert len(json.dumps(spec)) < 1_200_000


def test_charts_of_nothing_say_so() -> None:
    for spec in (
        plot_series([], [], per="day"),
        plot_share([], [], per="day"),
        plot_heat([], [], per="day"),
        plot_bars([]),
        plot_comparison([], periods=("a", "b")),
    ):
        assert spec["description"].endswith("No data.")
    assert plot_timeline([])["description"] == "No article of this story has a date."


@pytest.mark.parametrize("values", [{"articles": [1]}, {"articles": [1, 2], "stories": [1]}, {"articles": []}])
def test_a_line_needs_a_value_for_every_period(values: dict[str, list[int]]) -> None:
    with pytest.raises(ValueError, match="one value for each period"):
        plot_series(days(2), [ChartLine(key="a", name="A", **values)], per="day")  # type: ignore[arg-type]


def test_a_series_of_nothing_lies_on_the_ground_of_its_chart() -> None:
    [shown] = [one for one in plot_series(days(3), [line(0, 0, 0)], per="day")["layer"] if "y" in one["encoding"]][:1]
    assert shown["encoding"]["y"]["scale"] == {"domain": [0, 1]}
