"""Hypothesis strategies: queries of all kinds, and articles of so few words that they often match."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from worker.query.article import Mentioned, QueryArticle, QueryOutlet
from worker.query.nodes import (
    And,
    AtLeast,
    DateRange,
    EntityNode,
    Filter,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Score,
    Sentence,
    Word,
)
from worker.query.words import plain

WORDS = ("osh", "Osh", "drill", "drills", "Türkiye", "turkiye", "pan-turkic", "O‘zbek", "border", "talks", "习近平")
ENTITIES = {"csto": "alliance", "osh-city": "place", "sco": "alliance"}
_TYPED = tuple(map(plain, WORDS))
_JOINED = ("1000", "1,000", "1.000", "1 000", "us", "u.s", "a.s.")
"""Texts hold some of them, queries all but what is printed otherwise."""
PATTERNS = ("dr*", "*kiye", "b*r", "pan-tur*", "*-turkic")
AUTHORS = ("Aizada Bekova", "Osh Talks")


def _joined(kind: type[And] | type[Or]) -> object:
    def join(parts: list[Query]) -> Query:
        flat = [inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,))]
        return kind(tuple(flat))

    return join


fields = st.sampled_from(("", "", "", "title", "lead", "body", "author"))
words = st.one_of(
    st.builds(Word, st.sampled_from(_TYPED[:9]), fields, st.sampled_from(("", "", "exact", "name"))),
    st.builds(Word, st.sampled_from(PATTERNS), fields),
    st.builds(Word, st.sampled_from(_JOINED[:6]), fields, st.sampled_from(("", "", "exact"))),
    st.builds(Word, st.sampled_from(("drill", "border", "turkiye")), fields, edits=st.sampled_from((1, 2))),
).filter(lambda word: word.edits < 2 or len(word.text) > 5)
phrases = st.builds(
    Phrase,
    st.lists(st.sampled_from((*_TYPED, *_JOINED, "dr*")), min_size=1, max_size=3).map(" ".join),
    fields,
    st.sampled_from(("", "", "exact")),
    st.sampled_from((0, 0, 1, 3)),
)
tagged = st.builds(
    lambda pair, field: EntityNode(*pair, field),
    st.sampled_from((("entity", "csto"), ("entity", "sco"), ("type", "alliance"), ("type", "place"))),
    st.sampled_from(("", "", "title", "body")),
)
filters = st.one_of(
    st.sampled_from(
        (
            Filter("source", "qamys"),
            Filter("source", "qamys.example"),
            Filter("source", "q*"),
            Filter("lang", "kk"),
            Filter("lang", "kk-Latn"),
            Filter("country", "KZ"),
            Filter("genre", "opinion"),
        )
    ),
    st.builds(DateRange, st.none() | st.just(date(2022, 1, 2)), st.just(date(2022, 1, 5))),
)
leaves = st.deferred(lambda: st.one_of(words, phrases, tagged))
places = st.one_of(leaves, st.lists(leaves, min_size=2, max_size=3).map(_joined(Or)))
near = st.builds(Near, places, places, st.integers(1, 6), st.booleans())
located = st.one_of(leaves, places, near, st.builds(Near, near, places, st.integers(1, 6), st.booleans()))


def _boolean(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(inner, min_size=2, max_size=3)
    negated = inner.filter(lambda query: not isinstance(query, Not)).map(Not)
    return st.one_of(several.map(_joined(And)), several.map(_joined(Or)), negated)


_in_sentence = st.recursive(
    st.one_of(words, phrases, tagged).filter(lambda leaf: leaf.field != "author"), _boolean, max_leaves=4
)
_score = st.builds(
    Score,
    st.sampled_from((0.5, 1.0, 3.0)),
    st.lists(st.tuples(st.one_of(leaves, filters), st.sampled_from((1.0, 2.0, -4.0))), min_size=1, max_size=4).map(
        tuple
    ),
).filter(lambda score: sum(weight for _, weight in score.terms if weight > 0) >= score.threshold)
_units = st.one_of(
    leaves, located, filters, st.builds(Sentence, _in_sentence), st.builds(AtLeast, st.integers(1, 3), located), _score
)


@st.composite
def unit(draw: st.DrawFn) -> Query:
    """Draw what is not put together with AND, OR, NOT; a function, for the strategy itself is 45 kB when printed."""
    drawn: Query = draw(_units)
    return drawn


queries = st.deferred(lambda: st.recursive(unit(), _boolean, max_leaves=6))

_texts = st.lists(
    st.tuples(
        st.sampled_from((*WORDS, *_JOINED, "U.S.", "US", "1\u00a0000")),
        st.sampled_from((" ", " ", " ", "-", ", ", ". ", "\n")),
    ),
    max_size=25,
).map(lambda pairs: "".join(word + gap for word, gap in pairs).strip())


@st.composite
def articles(draw: st.DrawFn) -> QueryArticle:
    """Draw an article whose mentions stand somewhere in title and text."""
    title, text = draw(_texts.map(lambda title: title.replace("\n", " "))), draw(_texts)
    mentions = []
    for field, content in (("title", title), ("text", text)):
        for start in draw(st.lists(st.integers(0, max(len(content) - 1, 0)), max_size=2)) if content else ():
            entity = draw(st.sampled_from(sorted(ENTITIES)))
            level = draw(st.sampled_from(("name", "demonym", "coref")))
            mentions.append(
                Mentioned(
                    field=field,
                    start=start,
                    end=min(start + 4, len(content)),
                    entity=entity,
                    type=ENTITIES[entity],
                    level=level,
                )
            )
    return QueryArticle(
        title=title,
        text=text,
        author=draw(st.sampled_from(("", *AUTHORS))),
        source=draw(st.none() | st.just(QueryOutlet("qamys-habary", ("Qamys Habary", "qamys.example"), "KZ/KG"))),
        language=draw(st.sampled_from((None, "kk-Latn", "kk", "uz", "en"))),
        genre=draw(st.sampled_from((None, "opinion", "news"))),
        published_at=draw(st.none() | st.just(datetime(2022, 1, 4, tzinfo=UTC))),
        mentions=tuple(mentions),
    )
