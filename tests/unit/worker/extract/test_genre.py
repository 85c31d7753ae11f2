"""What sort of text it is: by what its page declares, by its address, by its outlet."""

from __future__ import annotations

import pytest

from worker.extract.genre import declared_genre, genre_of_kind, genre_of_url


@pytest.mark.parametrize(
    ("url", "genre"),
    [
        ("https://post.example/opinion/2022/the-lake", "opinion"),
        ("https://post.example/en/Analysis/the-lake/", "analysis"),
        ("https://post.example/ru/mneniya/ozero.html", "opinion"),
        ("https://post.example/%D0%BC%D0%BD%D0%B5%D0%BD%D0%B8%D1%8F/ozero", "opinion"),
        ("https://post.example/gorus/gol", "opinion"),
        ("https://post.example/world_news/the-lake", "news"),
        ("https://post.example/basin-aciklamalari/gol", "statement"),
        ("https://opinion.post.example/2022/the-lake", "opinion"),
        ("https://post.example/press-releases/news/the-lake", "statement"),
        ("https://post.example/opinion", None),
        ("https://post.example/2022/opinion-of-a-lake", None),
        ("https://post.example/?section=/opinion/", None),
        ("urn:steppewatch:text:0a1b", None),
        ("https://[broken/opinion/a", None),
        ("", None),
    ],
)
def test_a_section_of_the_address_names_the_genre(url: str, genre: str | None) -> None:
    assert genre_of_url(url) == genre


@pytest.mark.parametrize(
    ("types", "sections", "genre"),
    [
        ("OpinionNewsArticle", [], "opinion"),
        (["NewsArticle", "https://schema.org/AnalysisNewsArticle"], [], "analysis"),
        ("NewsArticle", [], None),
        ("NewsArticle", ["Politics", "Op Ed"], "opinion"),
        ({"@id": "OpinionNewsArticle"}, [], None),
        (None, [], None),
    ],
)
def test_a_page_may_declare_its_genre(types: object, sections: list[str], genre: str | None) -> None:
    assert declared_genre(types, sections) == genre


@pytest.mark.parametrize(
    ("kind", "genre"),
    [
        ("think tank", "analysis"),
        ("analysis/news", "analysis"),
        ("news/analysis", "news"),
        ("Russian state media", "news"),
        ("US-funded TV", "news"),
        ("government", "statement"),
        ("IGO", "statement"),
        ("blog/analysis", "opinion"),
        ("NGO", None),
        ("", None),
        (None, None),
    ],
)
def test_an_outlet_has_a_usual_genre(kind: str | None, genre: str | None) -> None:
    assert genre_of_kind(kind) == genre
