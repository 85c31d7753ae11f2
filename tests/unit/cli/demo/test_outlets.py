"""The demo's articles: invented, varied, and read from their pages exactly as they were written."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from vocabularies import packaged_tagger

from cli.demo.outlets import Act, DemoArticle, DemoError, DemoFeed, DemoOutlet, packaged_folder, read_outlets
from cli.demo.web import DemoWeb
from worker.extract.page import extract_page

OUTLETS = read_outlets(packaged_folder())
WEB = DemoWeb(OUTLETS, packaged_folder(), 8600)
ARTICLES = [(outlet, article) for outlet in OUTLETS for article in outlet.articles if not article.leads_astray]
BY_NAME = {f"{outlet.id}/{article.slug}": article for outlet, article in ARTICLES}


def test_there_is_enough_to_see() -> None:
    assert len(ARTICLES) >= 60
    assert len({outlet.id for outlet, _ in ARTICLES}) >= 10
    assert {outlet.language for outlet in OUTLETS} == {"en", "ru", "tr", "kk", "ky", "uz"}
    assert {outlet.feed for outlet in OUTLETS} == set(DemoFeed)
    assert {article.act for _, article in ARTICLES} == {Act.OPENING, Act.NEWS, Act.REPRINTS}


def test_nothing_is_mixed_up() -> None:
    hosts = Counter(outlet.host for outlet in OUTLETS)
    slugs = Counter((outlet.id, article.slug) for outlet in OUTLETS for article in outlet.articles)
    titles = Counter(article.wording.title for _, article in ARTICLES)
    assert max((*hosts.values(), *slugs.values(), *titles.values())) == 1
    assert all(host.startswith("127.20.0.") for host in hosts)


def test_all_of_it_is_dated_into_two_weeks_of_one_january() -> None:
    days = {article.at.astimezone(UTC).date() for outlet in OUTLETS for article in outlet.articles}
    assert min(days) >= datetime(2026, 1, 5, tzinfo=UTC).date()
    assert max(days) <= datetime(2026, 1, 18, tzinfo=UTC).date()
    assert all(article.at.tzinfo for _, article in ARTICLES)


def test_a_reprint_comes_later_under_another_headline_in_another_outlet() -> None:
    reprints = [(outlet, article) for outlet, article in ARTICLES if article.copy_of]
    assert len(reprints) >= 10
    for outlet, article in reprints:
        original = BY_NAME[article.copy_of]
        assert article.act is Act.REPRINTS > original.act
        assert article.at > original.at
        assert article.wording.title != original.wording.title
        assert not article.copy_of.startswith(f"{outlet.id}/")
    whole = [a for _, a in reprints if a.wording.paragraphs == BY_NAME[a.copy_of].wording.paragraphs]
    assert 0 < len(whole) < len(reprints)


def test_every_file_says_that_it_is_invented() -> None:
    for path in (packaged_folder() / "outlets").iterdir():
        assert path.read_text(encoding="utf-8").startswith("# Invented for the demo")


@pytest.mark.parametrize("outlet", [pytest.param(o, id=o.id) for o in OUTLETS if o.articles])
def test_what_is_read_from_its_pages_is_what_it_wrote(outlet: DemoOutlet) -> None:
    for article in outlet.articles:
        if article.leads_astray:
            continue
        for act in {max(article.act, outlet.guarded_until or article.act), Act.END}:
            page = WEB.reply(outlet.host, f"/articles/{article.slug}", act, visit=7).body
            read = extract_page(page, url=WEB.article_url(outlet, article), charset="utf-8")
            said = article.said_in(act)
            assert read.title == said.title
            assert read.text.split("\n") == list(said.paragraphs)
            assert (read.published_at, read.published_is_day) == (article.at.astimezone(UTC), False)
            assert read.language == outlet.language


def entities(outlet: DemoOutlet, article: DemoArticle, act: Act) -> set[str]:
    said = article.said_in(act)
    fields = {"title": said.title, "text": "\n".join(said.paragraphs)}
    return {mention.entity for _, mention in packaged_tagger().tag_fields(fields, outlet.language)}


def test_every_article_names_somebody_and_all_of_them_many() -> None:
    named = Counter(entity for outlet, article in ARTICLES for entity in entities(outlet, article, Act.OPENING))
    assert all(entities(outlet, article, Act.OPENING) for outlet, article in ARTICLES)
    assert len(named) >= 40
    wanted = {"csto", "organization-of-turkic-states", "kazakhstan", "kassym-jomart-tokayev", "recep-tayyip-erdogan"}
    assert min(named[entity] for entity in wanted) >= 5


def test_the_silent_edit_takes_names_away() -> None:
    ((outlet, edited),) = [(outlet, article) for outlet, article in ARTICLES if article.edited]
    gone = entities(outlet, edited, Act.REPRINTS) - entities(outlet, edited, Act.EDIT)
    assert gone == {"hakan-fidan", "sergei-lavrov"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param("not toml", "a.toml is not valid TOML", id="no TOML"),
        pytest.param('id = "a"', "a.toml: TypeError", id="keys missing"),
        pytest.param(
            'articles = [{ slug = "b", act = "opening", at = 2026-01-05, titel = "c" }]', "TypeError", id="typo"
        ),
        pytest.param('articles = [{ slug = "b", act = "final", at = 2026-01-05 }]', "KeyError", id="no such act"),
        pytest.param('articles = [{ slug = "b", act = "news", copy_of = "b/c" }]', "KeyError: 'b/c'", id="no original"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets" / "a.toml").write_text(content, encoding="utf-8")
    with pytest.raises(DemoError, match=reason):
        read_outlets(tmp_path)
