"""Outlet files: what is read, and what is said about each mistake."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from vocabularies import packaged_vocabulary

from db.enums.collection import FeedKind
from db.net.urls import read_host
from worker.catalogue.files import CatalogueError, ListedFeed, ListedOutlet, read_catalogue
from worker.vocabulary.loader import packaged_folder

OUTLET = """
id = "valley-post"
name = "Valley Post"
kind = "newspaper"
country = "KG/KZ"
country_uncertain = true
languages = ["ru", "kk-Latn"]
homepage = "https://valley.example/"
paywall = "metered"
time_zone = "Asia/Bishkek"
bias_note = "invented"
domain_aliases = ["valley.example"]
section_paths = ["/world"]

[sitemap]
url = "https://valley.example/sitemap.xml"
confidence = "guess"

[[feeds]]
url = "https://valley.example/feed"
confidence = "certain"
evidence = "seen"

[[feeds]]
url = "https://valley.example/rss"
confidence = "likely"

[[sitemaps]]
url = "https://valley.example/news.xml"
confidence = "likely"

[[sections]]
url = "https://valley.example/world"
confidence = "guess"
pattern = "/world/*"
"""


def write(folder: Path, name: str, content: str) -> Path:
    (folder / "sources").mkdir(exist_ok=True)
    (folder / "sources" / name).write_text(content, "utf-8")
    return folder


def problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(folder)
    return caught.value.problems


def test_every_key_is_read(tmp_path: Path) -> None:
    assert read_catalogue(write(tmp_path, "valley-post.toml", OUTLET)) == (
        ListedOutlet(
            id="valley-post",
            name="Valley Post",
            kind="newspaper",
            country="KG/KZ",
            country_uncertain=True,
            languages=("ru", "kk-Latn"),
            homepage="https://valley.example/",
            paywall="metered",
            time_zone="Asia/Bishkek",
            bias_note="invented",
            domain_aliases=("valley.example",),
            section_paths=("/world",),
            feeds=(
                ListedFeed(url="https://valley.example/feed", confidence="certain", evidence="seen"),
                ListedFeed(url="https://valley.example/rss", confidence="likely"),
            ),
            sitemaps=(
                ListedFeed(url="https://valley.example/sitemap.xml", confidence="guess", kind=FeedKind.SITEMAP),
                ListedFeed(url="https://valley.example/news.xml", confidence="likely", kind=FeedKind.SITEMAP),
            ),
            sections=(
                ListedFeed(
                    url="https://valley.example/world",
                    confidence="guess",
                    kind=FeedKind.SECTION,
                    pattern="/world/*",
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param('id = "valley-post"', 'id = "other"', "id: is not the file's name", id="file name"),
        pytest.param('name = "Valley Post"', "", "name: is missing", id="missing"),
        pytest.param('"KG/KZ"', '"Kyrgyzstan"', "country: must look like KZ or KG/KZ", id="country"),
        pytest.param('["ru", "kk-Latn"]', "[]", "languages: an outlet needs at least one", id="no language"),
        pytest.param('"kk-Latn"]', '"Kazakh"]', "languages[1]: must be a language", id="language"),
        pytest.param('"https://valley.example/"', '"ftp://x/"', "homepage: must be an address", id="scheme"),
        pytest.param('"https://valley.example/feed"', '"https://[x"', "feeds[0].url: must be an address", id="address"),
        pytest.param('"https://valley.example/rss"', '"https://valley.example/feed"', "listed twice", id="feed twice"),
        pytest.param('"certain"', '"sure"', "feeds[0].confidence: unknown value 'sure'", id="confidence"),
        pytest.param('"metered"', '"some"', "paywall: unknown value 'some'", id="paywall"),
        pytest.param('"Asia/Bishkek"', '"UTC+6 or so"', "time_zone: must be a place of the time", id="time zone"),
        pytest.param('"Asia/Bishkek"', '"../../etc/passwd"', "time_zone: must be a place of the time", id="no place"),
        pytest.param('["valley.example"]', '["Valley"]', "domain_aliases[0]: must be a lower-case domain", id="domain"),
        pytest.param("[sitemap]", "[sitemapp]", "sitemapp: unknown key", id="unknown key"),
        pytest.param('"/world/*"', '"world"', "sections[0].pattern: must be a pattern of path", id="pattern"),
        pytest.param('world"\nconf', 'news.xml"\nconf', "sections[0].url: listed twice", id="a way listed twice"),
    ],
)
def test_a_mistake_is_named_with_file_outlet_and_field(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in OUTLET
    said = problems(write(tmp_path, "valley-post.toml", OUTLET.replace(old, new)))
    assert any(problem in one for one in said)
    assert all(one.startswith("sources/valley-post.toml: ") for one in said)


def test_a_domain_belongs_to_one_outlet(tmp_path: Path) -> None:
    write(tmp_path, "valley-post.toml", OUTLET)
    write(tmp_path, "echo.toml", OUTLET.replace("valley-post", "echo"))
    assert problems(tmp_path) == (
        "sources/valley-post.toml: valley-post: domain_aliases: valley.example also belongs to echo",
    )


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path, "broken.toml", "id = ")
    write(tmp_path, "valley-post.toml", OUTLET.replace('"metered"', '"some"'))
    said = problems(tmp_path)
    assert len(said) == 2
    assert said[0].startswith("sources/broken.toml: is not valid TOML")


def test_a_folder_without_outlets(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path)
    assert problem.endswith("holds no sources/<id>.toml")


def test_the_packaged_catalogue_is_whole() -> None:
    outlets = read_catalogue(packaged_folder())
    assert len(outlets) >= 136
    assert sum(len(outlet.feeds) for outlet in outlets) >= 105


def test_the_readme_says_how_many_outlets_have_a_feed() -> None:
    readme = (Path(__file__).resolve().parents[4] / "README.md").read_text("utf-8")
    found = re.search(r"catalogue of (\d+) outlets, (\d+) of them with a feed", readme)
    outlets = read_catalogue(packaged_folder())
    assert found is not None
    assert tuple(map(int, found.groups())) == (len(outlets), sum(bool(outlet.feeds) for outlet in outlets))


def test_the_readme_promises_no_more_entities_than_there_are() -> None:
    readme = (Path(__file__).resolve().parents[4] / "README.md").read_text("utf-8")
    found = re.search(r"vocabulary of over (\d+) entities", readme)
    assert found is not None
    assert len(packaged_vocabulary().entities) > int(found[1])


def test_each_outlet_of_the_packaged_catalogue_can_be_collected_from() -> None:
    for outlet in read_catalogue(packaged_folder()):
        assert outlet.ways, outlet.id
        if not outlet.feeds:
            assert {way.confidence for way in outlet.ways} == {"guess"}, outlet.id
        for section in outlet.sections:
            assert section.kind == FeedKind.SECTION
            host = read_host(section.url)
            assert not outlet.domain_aliases or any(host.endswith(domain) for domain in outlet.domain_aliases)
