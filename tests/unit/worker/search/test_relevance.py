"""The order by relevance: on invented articles of which it is known how much they are about a question."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from worker.query.article import QueryArticle, QueryOutlet
from worker.query.evaluate import evaluate
from worker.query.query import parse
from worker.search.pages.relevance import score_relevance

_FILLER = "The market of the town opened late, and nobody asked why it was so. "
# Invented: none of this was ever published. How much it is about border clashes (3 to 0), title, text; oldest first.
ARTICLES: Sequence[tuple[int, str, str]] = (
    (
        3,
        "Border clashes leave a village in ruins",
        f"The clashes at the border went on. {_FILLER * 8} Border guards left.",
    ),
    (0, "Budget of the region", f"{_FILLER * 30} A border, far away, saw clashes once. {_FILLER * 9}"),
    (
        2,
        "Talks in the capital",
        f"They spoke of clashes at the border. {_FILLER * 12} The border stays closed after clashes.",
    ),
    (
        3,
        "After the clashes: who holds the border?",
        f"Three border posts were taken. {_FILLER * 15} The clashes ended.",
    ),
    (
        1,
        "A doctor remembers",
        f"{_FILLER * 12} He saw clashes. {_FILLER * 5} The border, his border, was quiet.",
    ),
    (0, "Prices of bread", f"{_FILLER * 40} Among other things came border trade and clashes of opinion."),
    (
        2,
        "Two governments protest",
        f"Border clashes were named in both notes. {_FILLER * 20} Border, clashes, again.",
    ),
    (1, "The year in dates", f"{_FILLER * 18} In May there were clashes on the border. {_FILLER * 10}"),
    (0, "Football", f"{_FILLER * 25} The clashes of fans had nothing to do with the border."),
    (0, "A concert at the lake", f"{_FILLER * 35} A singer from the border, after clashes with her label."),
)


def score(query: str, title: str, text: str) -> int:
    article = QueryArticle(
        title=title, text=text, author="", source=QueryOutlet("herald", ("Herald",), None), language="en"
    )
    return score_relevance(evaluate(parse(query), article).because, len(text))


def measure_gain(grades: Sequence[int]) -> float:
    """Return nDCG of the first five: 1 for the best order."""

    def discount(ordered: Sequence[int]) -> float:
        return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(ordered[:5]))

    return discount(grades) / discount(sorted(grades, reverse=True))


def test_articles_about_the_question_come_before_those_that_name_it() -> None:
    newest = [grade for grade, _, _ in reversed(ARTICLES)]
    scored = [(score("border clashes", title, text), grade) for grade, title, text in ARTICLES]
    best = [grade for _, grade in sorted(scored, key=lambda one: one[0], reverse=True)]
    assert measure_gain(best) > 0.95
    assert measure_gain(newest) < 0.35
    assert best[:4] in ([3, 3, 2, 2], [3, 2, 3, 2])


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("Drills", "Rain."), ("Rain", "Drills.")),
        (("Rain", "Drills."), ("Rain", f"{'Rain. ' * 90}Drills.")),
        (("Rain", "Drills, drills."), ("Rain", "Drills, rain.")),
        (("Rain", "Drills and snow."), ("Rain", "Drills, drills, drills.")),
        (("Rain", "Drills."), ("Rain", f"Drills. {'Rain. ' * 900}")),
    ],
)
def test_what_makes_an_article_more_relevant(better: tuple[str, str], worse: tuple[str, str]) -> None:
    assert score("drills OR snow", *better) > score("drills OR snow", *worse)


def test_properties_without_words_have_no_score() -> None:
    assert score("lang:en", "Drills", "Rain.") == 0
