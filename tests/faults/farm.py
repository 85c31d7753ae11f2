"""Many invented articles for the demo's web: written by a seeded generator, reprinted and edited by chance.

No outlet, person or event in them is real, except the names of the vocabulary.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from cli.demo.outlets import Act, DemoArticle, DemoOutlet, Wording

OUTLETS = 20
_FIRST_HOST = 120  # of 127.20.0.0/24, beside the demo's own outlets
_BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
_MINUTES = 10 * 24 * 60
_REPRINTED, _IN_PART, _EDITED = 0.35, 0.5, 0.06

_WHO = [
    "A ferryman from Balykchy",
    "Two auditors of the CSTO",
    "The granary clerk",
    "Turkey's envoy",
    "A retired signalman",
    "The mayor of Aralsk",
    "Officers from Kazakhstan",
    "A choir of beekeepers",
    "The lighthouse committee",
    "Uzbekistan's chief surveyor",
    "Three students of hydrology",
    "The Organization of Turkic States",
    "A museum guard",
    "Sergei Lavrov",
    "The tram union",
    "A cartographer in Tashkent",
    "Kyrgyz railwaymen",
    "The Shanghai Cooperation Organisation",
    "Her neighbour the notary",
    "A delegation from Ashgabat",
]
_DID = [
    "counted",
    "postponed",
    "repainted",
    "lent out",
    "weighed",
    "mislaid",
    "insured",
    "photographed",
    "auctioned",
    "tuned",
    "measured twice",
    "signed for",
    "buried",
    "catalogued",
    "rehearsed",
    "exchanged",
    "renamed",
    "inherited",
    "disputed",
    "fenced in",
]
_WHAT = [
    "the folding chairs",
    "a crate of barometers",
    "nine samovars",
    "the border lamp",
    "an unpaid telegram",
    "the drill calendar",
    "forty saddles",
    "a map without rivers",
    "the salt scales",
    "a box of visas",
    "the pipeline keys",
    "two radio masts",
    "the harvest ledger",
    "a carpet of the old fleet",
    "the customs stamps",
    "a wind gauge",
    "the poplar seedlings",
    "seven postal sacks",
    "a draft treaty",
    "the bridge toll",
]
_WHERE = [
    "under the aqueduct",
    "near Bishkek",
    "on the frozen quay",
    "behind the Dushanbe depot",
    "at the third checkpoint",
    "in a borrowed tent",
    "beside the reservoir",
    "between two timetables",
    "above the cotton mill",
    "on platform six",
    "at the edge of Nur-Sultan",
    "in the embassy kitchen",
    "along the Caspian",
    "past the observatory",
    "inside the old caravanserai",
    "over the Ferghana valley",
]
_WHY = [
    "because the thaw came early",
    "while the generators rested",
    "and nobody objected",
    "to the surprise of Moscow",
    "as the statute demands",
    "for lack of ink",
    "until the band arrived",
    "with the consent of the herders",
    "although the minutes say otherwise",
    "so that Russia would notice",
    "before the second whistle",
    "in exchange for diesel",
    "by a majority of one",
    "without raising a voice",
    "since the scanner had failed",
    "on behalf of the orphanage",
]
_SYLLABLES = ("ba", "del", "fi", "gor", "ha", "jun", "ke", "lom", "mi", "nar", "po", "rus", "se", "tov", "ul", "zi")


def farm(count: int, seed: int) -> tuple[DemoOutlet, ...]:
    """Return `OUTLETS` outlets with `count` articles together; the same for the same arguments."""
    draw = random.Random(seed)
    shelves: list[list[DemoArticle]] = [[] for _ in range(OUTLETS)]
    originals: list[tuple[int, DemoArticle]] = []
    for number in range(count):
        place = draw.randrange(OUTLETS)
        article = (
            _reprint(draw, number, *draw.choice(originals)) if _is_reprint(draw, originals) else _own(draw, number)
        )
        if not article.copy_of:
            originals.append((place, article))
        shelves[place].append(article)
    return tuple(_outlet(place, shelf) for place, shelf in enumerate(shelves))


def _is_reprint(draw: random.Random, originals: Sequence[object]) -> bool:
    return bool(originals) and draw.random() < _REPRINTED


def _outlet(place: int, articles: list[DemoArticle]) -> DemoOutlet:
    articles.sort(key=lambda article: (article.at, article.slug), reverse=True)
    return DemoOutlet(
        id=_outlet_id(place),
        name=f"Farm Gazette {place}",
        country="KZ",
        language="en",
        kind="newspaper",
        note="invented: written by a generator",
        host=f"127.20.0.{_FIRST_HOST + place}",
        feed="rss",
        restless=place % 5 == 0,
        articles=tuple(articles),
    )


def _own(draw: random.Random, number: int) -> DemoArticle:
    wording = Wording(_headline(draw, number), tuple(_paragraphs(draw, 5)))
    edited = None
    if draw.random() < _EDITED:
        edited = Wording(wording.title, (*wording.paragraphs[:3], *_paragraphs(draw, 1)))
    return DemoArticle(slug=f"a-{number}", act=_act(draw), at=_moment(draw), wording=wording, edited=edited)


def _reprint(draw: random.Random, number: int, place: int, original: DemoArticle) -> DemoArticle:
    """Return a copy that may well be published before its original: which is which follows from the dates alone."""
    text = original.wording.paragraphs
    taken = text[: draw.choice((3, 4))] if draw.random() < _IN_PART else text
    wording = Wording(_headline(draw, number), taken)
    return DemoArticle(
        slug=f"r-{number}",
        act=_act(draw),
        at=_moment(draw),
        wording=wording,
        copy_of=f"{_outlet_id(place)}/{original.slug}",
    )


def _outlet_id(place: int) -> str:
    return f"farm-gazette-{place}"


def _act(draw: random.Random) -> Act:
    return draw.choice((Act.OPENING, Act.NEWS, Act.REPRINTS))


def _moment(draw: random.Random) -> datetime:
    return _BEGIN + timedelta(minutes=draw.randrange(_MINUTES))


def _headline(draw: random.Random, number: int) -> str:
    return f"{draw.choice(_WHO)} and {draw.choice(_WHAT)}, report {number}"


def _paragraphs(draw: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        yield " ".join(_sentence(draw) for _ in range(3))


def _sentence(draw: random.Random) -> str:
    """Return a sentence with words of its own: as in real articles, no two resemble each other by chance."""
    parts = [f"{draw.choice(words)} {_own_word(draw)}" for words in (_WHO, _DID, _WHAT, _WHERE, _WHY)]
    return f"{' '.join(parts)}, {draw.randrange(2, 10_000)} in all."


def _own_word(draw: random.Random) -> str:
    return "".join(draw.choice(_SYLLABLES) for _ in range(3))
