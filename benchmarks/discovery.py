"""Section pages: which links lead to articles, by address and place alone, on real pages with lists of articles.

    python -m benchmarks.discovery FOLDER [--wrong] [--half tune|measure]

FOLDER holds the extraction sets. Their pages are articles, not front pages, but carry what those do: navigation, tags,
lists of the newest and of related articles. A link is an article if its address has the form that articles have at its
outlet; the forms below were written by hand after looking at the outlets' addresses. Outlets are halved by name: the
rules were tuned on one half only. `learnt` tells `article_links` a third of each page's articles and other links first.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import xxhash

from crawlers.reading.sections.address_shapes import NOTHING_KNOWN, ArticleShapes, learn_shapes
from crawlers.reading.sections.section import THRESHOLD, ArticleLink, rate_links
from db.net.urls import read_host

_DAY = r".*/20\d\d/\d\d/\d\d/.+"
_MONTH = r".*/20\d\d/\d\d/.+"
FORMS = {
    "20min.ch": r"/story/.+-\d+",
    "aftonbladet.se": r"/.+/a/\w+/.+",
    "animenewsnetwork.com": r".*/\.\d{5,}",
    "arstechnica.com": _MONTH,
    "bleacherreport.com": r"/articles/\d+-.+",
    "cbc.ca": r".*-1\.\d{6,}",
    "chron.com": r".*/article/.+",
    "chunichi.co.jp": r"/article/\d+",
    "cleveland.com": _MONTH,
    "cnn.com": r".*/20\d\d/\d\d/\d\d/.+|/(style|travel)/(article/)?(\w+-){2,}\w+",
    "correctiv.org": _DAY,
    "ctvnews.ca": r".*-1\.\d{6,}",
    "dailymail.co.uk": r".*/article-\d+/.+",
    "dailymaverick.co.za": r"/(article|opinionista)/\d{4}-.+",
    "dailynewsegypt.com": _DAY,
    "de.euronews.com": _DAY,
    "deccanherald.com": r".*-\d{6}(\.html)?",
    "der-postillon.com": _MONTH,
    "derstandard.at": r"/(story|jetzt/livebericht)/\d+/.+",
    "elpais.com": r".*/20\d\d-\d\d-\d\d/.+",
    "express.co.uk": r".*/\d{6,}/[^/]+",
    "expressen.se": r"/(?!tagg|av/)(?:[\w-]+/)+\w+(?:-\w+){3,}",
    "faz.net": r".*-\d{7,}(\.html)?",
    "foxnews.com": r"/(?!category|person|about|v/)[\w-]+/(?:\w+-){3,}\w+",
    "golem.de": r"/news/.+-\d{4}-\d+\.html",
    "hankookilbo.com": r"(?i)/news/(read|article)/a\d+",
    "independent.co.uk": r".*-b\d+\.html",
    "infoworld.com": r"/article/\d+/.+",
    "israel-nachrichten.org": r"/archive/\d+",
    "isolezwe.co.za": r"/[\w-]+/20\d\d-\d\d-\d\d-.+",
    "kabarislamia.com": _DAY,
    "kommersant.ru": r"/doc/\d+",
    "landesspiegel.li": _MONTH,
    "latimes.com": r".*/story/\d{4}-.+|.*/list/.+|.*-story(\.html)?",
    "lemonde.fr": r".*/(article|live|video)/\d{4}/.+",
    "macrumors.com": _DAY,
    "mainichi.jp": r"/articles/\d{8}/.+",
    "malaymail.com": r"/news/[\w-]+/\d{4}/.+",
    "mallorcamagazin.com": r".*/20\d\d/\d\d/\d\d/\d+/.+",
    "mbl.is": _DAY,
    "merkur.de": r".*-9\d{7}(\.html)?",
    "metro.co.uk": _DAY,
    "mirror.co.uk": r".*-\d{7,}",
    "mk.co.kr": r"/news/[\w-]+/\d+",
    "mlive.com": _MONTH,
    "moneycontrol.com": r".*-\d{5,}\.html",
    "n-tv.de": r".*(article|id)\d+\.html",
    "nbcnews.com": r".*-n\d+|.*rcna\d+",
    "news.com.au": r".*/news-story/[0-9a-f]{32}",
    "novuslight.com": r".*_N\d+\.html",
    "panarmenian.net": r"(/m)?/(eng|rus|arm)/(news|details)/\d+",
    "phys.org": r"/news/20\d\d-\d\d-.+",
    "politico.eu": r"/article/.+",
    "pv-magazine.com": _DAY,
    "sciencedaily.com": r"/releases/\d{4}/.+",
    "seznamzpravy.cz": r"/clanek/.+-\d+",
    "sfgate.com": r".*/article/.+",
    "smh.com.au": r".*-\d{8}-p\w+(\.html)?",
    "spiegel.de": r".*-a-[0-9a-f-]{6,36}",
    "stuttgarter-zeitung.de": r"/(gallery|inhalt|video)\..+\.[0-9a-f-]{36}\.html|/lokales/.+-.+-.+",
    "t-online.de": r".*/id_\d+/.+\.html",
    "tagesanzeiger.ch": r"/(\w+-){3,}\d{12}",
    "thegatewaypundit.com": _MONTH,
    "thehill.com": r".*/\d{6,}-.+",
    "theparadigmng.com": _DAY,
    "timesofindia.indiatimes.com": r".*/(articleshow|liveblog|videoshow|web-stories|photostory)/.*\d+\.cms",
    "townhall.com": r".*-n\d+",
    "venturebeat.com": r".*/20\d\d/\d\d/\d\d/.+|/\w+/(\w+-){3,}\w+",
    "washingtontimes.com": r".*/20\d\d/[a-z]{3}/\d+/.+",
    "waz.de": r".*(-id\d+|/article\d+/.+)\.html",
    "yomiuri.co.jp": r".*/\d{8}-\w+",
}
"""The form of articles' paths by outlet."""
_OWN_PAGES = re.compile(
    r"comment-page|/feed$|/tag/|impressum|datenschutz|nutzungsbedingung|kontakt|contact-|/about-|barrierefreiheit|cookie"
    r"|omaftonbladet|/home/article-|nbc-affiliates|livestream|werbefrei|inserate|leserbrief|kreuzwort|abonnieren"
    r"|rss-?feed|redaktionell-policy|verwalten-sie|/author/|/redaktion|newslettery|sfgate-staff|/service/|/autoren/|where-in-the-world-is-fox",
    re.IGNORECASE,
)
"""Pages that some outlets file as they file articles."""
_LOOKED_AT = frozenset({"arstechnica.com", "timesofindia.indiatimes.com", "townhall.com"})
"""Outlets of the other half that were looked at while the rules were tuned."""


@dataclass(frozen=True, slots=True)
class _Page:
    host: str
    url: str
    path: Path


@dataclass(slots=True)
class _Count:
    """Links found rightly, found wrongly and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, links: Sequence[ArticleLink], host: str, wrong: list[str]) -> None:
        """Count the links of a page."""
        for link in links:
            found, is_one = link.score >= THRESHOLD, is_article(link.canonical_url, host)
            self.right += found and is_one
            self.wrong += found and not is_one
            self.missed += is_one and not found
            if found != is_one:
                sign = "found" if found else "missed"
                wrong.append(
                    f"{sign:<7}{link.score:>6.1f} {link.canonical_url[:110]} | {link.title or ''} | {link.reason}"
                )

    def __str__(self) -> str:
        precision = self.right / max(1, self.right + self.wrong)
        recall = self.right / max(1, self.right + self.missed)
        return f"{self.right + self.missed:>8}{precision:>11.3f}{recall:>8.3f}"


def is_article(canonical: str, host: str) -> bool:
    """Return whether an address has the form of the outlet's articles."""
    path = unquote(urlsplit(canonical).path)
    if read_host(canonical) != host or _OWN_PAGES.search(path):
        return False  # another language, a forum, a shop, the outlet's own pages, comments
    return re.fullmatch(FORMS[host], path) is not None


def iter_pages(folder: Path) -> Iterator[_Page]:
    """Yield the pages of the labelled outlets."""
    for address, path in sorted(_addresses(folder)):
        host = read_host(address)
        if host in FORMS and path.exists():
            yield _Page(host, address, path)


def _addresses(folder: Path) -> Iterator[tuple[str, Path]]:
    for name in ("extract_scrapinghub/dev/ground-truth.json", "extract_newspaper4k_424/dev/articles.json"):
        for key, value in json.loads((folder / name).read_text("utf-8")).items():
            yield value["url"], (folder / name).parent / "html" / f"{key}.html.gz"
    for listed in sorted((folder / "extract_fundus/dev").rglob("meta.info")):
        for key, value in json.loads(listed.read_text("utf-8")).items():
            yield value["url"], listed.parent / f"{key.removesuffix('.gz')}.gz"


def _half(host: str) -> str:
    return "tune" if host in _LOOKED_AT or xxhash.xxh32_intdigest(host.encode()) % 2 else "measure"


def _learnt(links: Sequence[ArticleLink], host: str) -> ArticleShapes:
    """Return what a third of a page's links teach."""
    third = [link.canonical_url for link in links if xxhash.xxh32_intdigest(link.canonical_url.encode()) % 3 == 0]
    articles = [url for url in third if is_article(url, host)]
    return learn_shapes(articles, [url for url in third if not is_article(url, host)])


def main(arguments: Sequence[str]) -> None:
    """Print a line for each half and way."""
    folder = Path(arguments[0])
    wanted = arguments[arguments.index("--half") + 1] if "--half" in arguments else None
    counts = {(half, way): _Count() for half in ("tune", "measure") for way in ("unknown", "learnt")}
    wrong: list[str] = []
    hosts: dict[str, set[str]] = {"tune": set(), "measure": set()}
    size, seconds = 0, 0.0
    for page in iter_pages(folder):
        half = _half(page.host)
        if wanted not in (None, half):
            continue
        body = gzip.decompress(page.path.read_bytes())
        began = time.perf_counter()
        links = rate_links(body, url=page.url, known=NOTHING_KNOWN)
        seconds += time.perf_counter() - began
        size += len(body)
        hosts[half].add(page.host)
        counts[half, "unknown"].add(links, page.host, wrong)
        known = _learnt(links, page.host)
        again = rate_links(body, url=page.url, known=known)
        rest = [link for link in again if link.canonical_url not in known.articles | known.others]
        counts[half, "learnt"].add(rest, page.host, [])
    print(f"{'half':<9}{'outlets':>8}  {'way':<8}{'articles':>8}{'precision':>11}{'recall':>8}")
    for (half, way), count in counts.items():
        print(f"{half:<9}{len(hosts[half]):>8}  {way:<8}{count}")
    print(f"{size / 1e6 / max(seconds, 1e-9):.1f} MB/s")
    if "--wrong" in arguments:
        print("\n".join(wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
