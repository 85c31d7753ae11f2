"""One fetched page → one article: title, text, author, date, language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from db.text.dates import ParsedDate
from worker.extract.authors import find_author
from worker.extract.body import is_heavy, read_body, read_hidden, strip_page
from worker.extract.dates.choice import Beside, DatedBy, DateEvidence, date_article, left_out
from worker.extract.dates.evidence import read_evidence, search_published
from worker.extract.errors import Unextractable
from worker.extract.fragment import fragment_text
from worker.extract.genre import declared_genre
from worker.extract.headline import find_headline
from worker.extract.jsonld import as_text
from worker.extract.language.detection import DeclaredLanguages, identify_language
from worker.extract.markup import MAX_BYTES, parse_page
from worker.extract.metadata import Declared, read_declared, squeezed, tidy
from worker.extract.outlinks import read_outlinks
from worker.extract.signs import Signs, read_inputs, read_signs

__all__ = ["MAX_BYTES", "Extracted", "Hints", "Unextractable", "extract_page"]


# Characters of a text that determine its language without its headline, which may be in another one.
_ENOUGH_TEXT = 500
# Lines at the top that may be a headline which trafilatura took for text, possibly below a rubric.
_TOP_LINES = 3
# Characters of an `articleBody` in JSON-LD that is a text; shorter ones are summaries.
_DECLARED_TEXT = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """Metadata of the page from its feed entry and its outlet.

    Title and author count only if the page has none. A date takes precedence over one merely shown in the page;
    `time_zone` is that of the outlet's readers (`Asia/Almaty`), `latest` the latest possible date of publication.
    """

    title: str | None = None
    author: str | None = None
    published: ParsedDate | None = None
    time_zone: str | None = None
    latest: datetime | None = None
    language: str | None = None
    """The language declared by the feed; like those of the outlet it counts if the text leaves a doubt."""
    languages: Sequence[str] = ()
    """Those of the outlet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """The article extracted from a page.

    `text` is NFC, one paragraph a line, empty when no article was found. `published_at` is aware UTC;
    `published_is_day` when no time is known (then 00:00), `published_clock` the time shown in an unknown zone,
    `date_remark` a readable fault of a date. `language` is ISO 639-1, `second_language` a second possible one.
    `declared_url` is the page's own address (`rel=canonical`, else `og:url`), absolute http(s). `genre` is declared by
    the page. `signs` are evidence for or against its being an article.
    """

    title: str | None
    text: str
    author: str | None
    published_at: datetime | None
    published_is_day: bool
    published_clock: datetime | None
    date_remark: str | None
    language: str | None
    declared_url: str | None
    site_name: str | None
    genre: str | None
    signs: Signs
    second_language: str | None = None
    language_is_declared: bool = False
    """True if the page itself declares a language, right or wrong."""
    outlinks: tuple[str, ...] = ()
    """Addresses that its paragraphs link to."""


def extract_page(
    body: bytes, *, url: str | None = None, charset: str | None = None, hints: Hints | None = None
) -> Extracted:
    """Return the article of a page; pure, for the same arguments always the same.

    `url` is the page's address, `charset` from its HTTP header. The page is parsed once: its declarations are read
    first, then the text, which consumes the tree. Raises `Unextractable` for a body that is no page.
    """
    hints = hints or Hints()
    tree = parse_page(body, charset)
    declared = read_declared(tree, url)
    headline = find_headline(tree, declared)
    title = headline or tidy(hints.title or "") or None
    author = find_author(tree, declared) or tidy(hints.author or "") or None
    evidence = read_evidence(tree, declared, headline)
    inputs, hidden = read_inputs(tree), read_hidden(tree)
    strip_page(tree)
    signs = read_signs(tree, declared, inputs, headline=headline, is_dated=evidence.is_dated)
    dated = _dated(tree, evidence, hints)
    outlinks = read_outlinks(tree)
    text = _without_headline(_fullest(read_body(tree), declared, hidden), title)
    guess = identify_language(
        text if len(text) >= _ENOUGH_TEXT else f"{title or ''}\n{text}",
        DeclaredLanguages(declared.language, hints.language, hints.languages),
    )
    return Extracted(
        title=title,
        text=text,
        author=author,
        published_at=dated.at if dated else None,
        published_is_day=dated.is_day if dated else False,
        published_clock=dated.clock if dated else None,
        date_remark="; ".join(filter(None, [left_out(evidence, _beside(hints)), dated.remark if dated else None]))
        or None,
        language=guess.language,
        second_language=guess.second,
        declared_url=declared.url,
        site_name=declared.site_name,
        genre=declared_genre(declared.linked.article.get("@type"), declared.every("article:section", "section")),
        signs=signs,
        language_is_declared=declared.language is not None,
        outlinks=outlinks,
    )


def _dated(tree: HtmlElement, evidence: DateEvidence, hints: Hints) -> DatedBy | None:
    """Return the publication date of the article; without evidence the date in the stripped page, else its last
    change.
    """
    known = _beside(hints)
    if dated := date_article(evidence, known):
        return dated
    found = None if is_heavy(tree) else search_published(tree, evidence)
    last = (found,) if found else evidence.changed
    return date_article(DateEvidence(declared=last, changed=evidence.changed), known)


def _beside(hints: Hints) -> Beside:
    return Beside(hints.published, hints.time_zone, hints.latest)


def _fullest(shown: str, declared: Declared, hidden: str) -> str:
    """Return the visible text of the page, unless that is a small part of its content."""
    declared_text = as_text(declared.linked.article.get("articleBody")) or ""
    if len(declared_text) >= _DECLARED_TEXT and len(shown) * 2 < len(declared_text):
        article_text = fragment_text(declared_text)
        if len(shown) * 2 < len(article_text):
            return article_text
    return shown or hidden


def _without_headline(text: str, title: str | None) -> str:
    """Return the text without a headline above it: a name in it would count twice."""
    if title is None:
        return text
    lines = text.split("\n")
    kept = [line for line in lines[:_TOP_LINES] if squeezed(line) != squeezed(title)]
    return "\n".join(kept + lines[_TOP_LINES:])
