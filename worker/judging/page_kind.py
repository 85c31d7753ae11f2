"""The kind of a fetched page: an article, or one of nine things in place of the expected article.

Evidence is weighed, no single rule decides but a protection's own header:

* for an article: a headline that resembles the feed's (2), a declaration as an article (2), a date (1), paragraphs (1),
  length (1);
* against it: a headline that only error pages have (3), their phrases in a short page (2, 3 for several), the marks of
  a protection (3), an address that a redirect ended at (4), nothing of the feed's headline (1 to 2) …

The kind with most evidence is chosen, if it outweighs the evidence for an article.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from db.enums.outcomes import PageKind
from worker.extract.signs import Signs
from worker.judging.phrases import kind_of_title, kinds_of_text, paywall_at
from worker.judging.resemblance import resemble_titles


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """The kind of a page, with a readable reason."""

    kind: PageKind
    reason: str

    @property
    def is_article(self) -> bool:
        """True if the page is an article."""
        return self.kind is PageKind.ARTICLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A fetched page with all evidence of its kind. `same_text_at` counts other addresses of its host."""

    asked_url: str
    final_url: str
    same_host: bool
    """True if the redirects ended at the requested registrable domain."""
    text: str
    signs: Signs
    feed_title: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    same_text_at: int = 0


OWN_EVIDENCE = 3
"""Weight at which a page is an article by its own evidence, not by the headline alone."""
_SHORT = 1_500
"""Characters of visible text below which a page may be a mere notice."""
_BLANK = 20
"""Characters of visible text below which a page counts as empty."""
_TEASER = 900
"""Characters of text below which a page with a subscription request shows only a beginning."""
_SEPARATOR = re.compile(r"\s+[-–—|:·•»/]+\s+|\s*[|｜]\s*")
_MARKS = re.compile(
    r"cdn-cgi/challenge-platform/h/|_cf_chl_opt|challenges\.cloudflare\.com|/\.well-known/ddos-guard|ddos-guard|"
    r"qrator|__qrator|_incapsula_resource|captcha-delivery\.com|datadome|px-captcha|perimeterx|sucuri|"
    r"(?:recaptcha|hcaptcha)[./]|smartcaptcha|showcaptcha|/\.within\.website/|anubis|awswaf|geo\.captcha|distil_r_captcha",
    re.I,
)
ROOT = re.compile(r"/?(?:[a-z]{2}(?:[-_][a-z]{2,4})?|index\.\w{2,5}|home|main|glavnaya|default\.\w{2,5})?/?\Z", re.I)
_PLACES: tuple[tuple[re.Pattern[str], PageKind], ...] = (
    (
        re.compile(r"(?:\A|[./_-])(?:consent|guce|cookiewall|privacy-?wall|cookie-?consent)(?:[./_-]|\Z)"),
        PageKind.CONSENT_WALL,
    ),
    (
        re.compile(
            r"(?:\A|[./_-])(?:log-?in|logon|sign-?in|signup|sso|oauth2?|passport|auth|giris|vhod|kirish|uye-girisi|wp-login)(?:[./_-]|\Z)"
        ),
        PageKind.LOGIN_WALL,
    ),
    (re.compile(r"(?:\A|[./_-])(?:subscribe|subscription|abonelik|paywall|podpiska)(?:[./_-]|\Z)"), PageKind.PAYWALL),
    (
        re.compile(r"(?:\A|[./_-])(?:captcha|challenge|showcaptcha|blocked|access-?denied|ddos)(?:[./_-]|\Z)"),
        PageKind.CHALLENGE,
    ),
    (
        re.compile(
            r"(?:\A|[./_-])(?:404|410|not-?found|notfound|page-?not-?found|error-?404|404-?error|missing)(?:[./_-]|\Z)"
        ),
        PageKind.SOFT_404,
    ),
    (
        re.compile(
            r"(?:\A|[./_-])(?:maintenance|maintenance-?mode|bakim|works?-?in-?progress|coming-?soon)(?:[./_-]|\Z)"
        ),
        PageKind.MAINTENANCE,
    ),
    (re.compile(r"(?:\A|[./_-])(?:error|errors|err|50[0234]|hata|oshibka)(?:[./_-]|\Z)"), PageKind.ERROR_PAGE),
)
_PARKING = re.compile(
    r"(?:sedoparking|sedo|parkingcrew|bodis|afternic|dan|hugedomains|above|parklogic|parked)\.\w+\Z", re.I
)


def judge_page(look: Look) -> PageVerdict:
    """Return the kind of a page. Pure; certain evidence comes from its own bytes, headers and address."""
    if protection := _protection(look.headers):
        return PageVerdict(PageKind.CHALLENGE, f"its headers are those of a challenge ({protection})")
    against: Counter[PageKind] = Counter()
    reasons: dict[PageKind, list[str]] = {}

    def add_evidence(kind: PageKind, weight: int, reason: str) -> None:
        against[kind] += weight
        reasons.setdefault(kind, []).append(reason)

    resembles = _has_feed_title(look)
    for kind, weight, reason in (
        *_by_address(look, resembles=resembles),
        *_by_titles(look),
        *_by_phrases(look),
        *_by_marks(look),
        *_by_paywall(look),
        *_by_emptiness(look, resembles=resembles),
        *_by_sameness(look, resembles=resembles),
    ):
        add_evidence(kind, weight, reason)
    if not against:
        return PageVerdict(PageKind.ARTICLE, "nothing speaks against it")
    kind, weight = max(against.items(), key=lambda pair: (pair[1], -list(PageKind).index(pair[0])))
    spoken_for = evidence_of_article(look, resembles=resembles)
    if weight < spoken_for or weight == spoken_for >= OWN_EVIDENCE:
        return PageVerdict(PageKind.ARTICLE, "more speaks for an article than against it")
    return PageVerdict(kind, "; ".join(reasons[kind]))


def evidence_of_article(look: Look, *, resembles: bool | None = None) -> int:
    """Return the weight of the evidence for an article, 0 to 7; from 3 on it is one by the page's own evidence."""
    signs = look.signs
    if resembles is None:
        resembles = _has_feed_title(look)
    weight = 2 if resembles else 0
    weight += 2 if signs.is_declared else 0
    weight += 1 if signs.is_dated else 0
    weight += 1 if signs.paragraphs >= 3 else 0
    weight += 1 if len(look.text) >= _SHORT else 0
    return weight


Evidence = tuple[PageKind, int, str]


def _protection(headers: Mapping[str, str]) -> str | None:
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return "cf-mitigated"
    if headers.get("x-amzn-waf-action", "").lower() in ("challenge", "captcha"):
        return "x-amzn-waf-action"
    for name in ("x-sucuri-block", "x-datadome-captcha", "x-px-captcha"):
        if headers.get(name):
            return name
    return None


def _has_feed_title(look: Look) -> bool:
    return bool(look.feed_title) and any(resemble_titles(look.feed_title or "", title) for title in look.signs.titles)


def _by_address(look: Look, *, resembles: bool) -> list[Evidence]:
    """Return the evidence from the end of the redirects."""
    requested, final = _parts(look.asked_url), _parts(look.final_url)
    if requested == final:
        return _by_own_address(look, resembles=resembles)
    host, path = final
    found: list[Evidence] = []
    if _PARKING.search(host):
        found.append((PageKind.PARKED, 5, f"it led to {host}, which parks domains"))
    for pattern, kind in _PLACES:
        for place in (host if host != requested[0] else "", path):
            if pattern.search(place) and not pattern.search(requested[1]):
                found.append((kind, 4, f"it led to {_shown(look.final_url)}"))
    if ROOT.match(path) and not ROOT.match(requested[1]):
        found.append((PageKind.FRONT_PAGE, 6, f"it led to the front page of {host}"))
    elif _is_section(requested[1], path) and host == requested[0] and not resembles:
        found.append((PageKind.FRONT_PAGE, 4, f"it led to the section {_shown(look.final_url)}"))
    elif not look.same_host and not resembles and look.feed_title:
        found.append((PageKind.ERROR_PAGE, 4, f"it led to another site, {host}, without the headline of the feed"))
    return found


def _by_own_address(look: Look, *, resembles: bool) -> list[Evidence]:
    """Return the evidence from the page's own address: a front page served in place of the article."""
    own = look.signs.page_url
    if own and not resembles and ROOT.match(_parts(own)[1]) and not ROOT.match(_parts(look.asked_url)[1]):
        return [(PageKind.FRONT_PAGE, 3, "it calls itself the front page")]
    return []


def _by_titles(look: Look) -> list[Evidence]:
    for title in look.signs.titles:
        if look.feed_title and resemble_titles(look.feed_title, title):
            continue  # the article may be about a page that was not found
        for piece in (title, *_SEPARATOR.split(title)):
            if kind := kind_of_title(piece):
                return [(PageKind.from_value(kind), 3, f"its headline is {title[:80]!r}")]
    return []


def _by_phrases(look: Look) -> list[Evidence]:
    signs = look.signs
    if not signs.words or signs.length > _SHORT:
        return []
    found = []
    for kind, count in kinds_of_text(signs.words).items():
        if kind == PageKind.PAYWALL:
            continue  # judged separately
        weight = 2 if count == 1 else 3
        found.append(
            (PageKind.from_value(kind), weight, f"it is short and says so ({count})" if count > 1 else "it says so")
        )
    if signs.has_password and signs.length < _SHORT:
        found.append((PageKind.LOGIN_WALL, 2, "it asks for a password"))
    return found


def _by_marks(look: Look) -> list[Evidence]:
    signs = look.signs
    if signs.length <= _SHORT and (match := _MARKS.search(signs.scripts)):
        return [(PageKind.CHALLENGE, 3, f"it loads a protection ({match[0].strip('/.')[:40].lower()})")]
    return []


def _by_paywall(look: Look) -> list[Evidence]:
    """Return the evidence of a paywall: then a headline and a date are no evidence of the whole."""
    if len(look.text) >= _TEASER:
        return []
    asks = paywall_at(look.text) is not None or kinds_of_text(look.signs.words).get("paywall", 0) > 0
    if asks and look.signs.length <= 2 * _SHORT:
        return [(PageKind.PAYWALL, 8, "only a beginning is shown, and a subscription is requested")]
    if look.signs.is_paid and len(look.text) < _TEASER // 2:
        return [(PageKind.PAYWALL, 8, "it declares that it is not free, and shows little")]
    return []


def _by_emptiness(look: Look, *, resembles: bool) -> list[Evidence]:
    """Return the evidence from missing parts of an article, above all the headline of its feed entry."""
    signs = look.signs
    if look.feed_title and signs.length < _BLANK and not look.text:
        return [(PageKind.ERROR_PAGE, 8, "it shows nothing: scripts would have to draw it")]
    if not look.feed_title or resembles:
        return []
    if not look.text and not signs.is_declared:
        return [(PageKind.ERROR_PAGE, 3, "it has neither a text nor the headline of the feed")]
    found: list[Evidence] = []
    if signs.teasers >= 5 and not signs.is_declared:
        found.append((PageKind.FRONT_PAGE, 4 if signs.linked > 0.15 else 3, "it is a list of other articles"))
    if signs.is_website and signs.linked > 0.3 and not signs.is_dated:
        found.append((PageKind.FRONT_PAGE, 3, "it calls itself a site and consists of links"))
    if not signs.is_declared and not signs.is_dated and signs.paragraphs < 3:
        found.append((PageKind.ERROR_PAGE, 2, "nothing of an article, and not the headline of the feed"))
    return found


def _by_sameness(look: Look, *, resembles: bool) -> list[Evidence]:
    if look.same_text_at < 2 or resembles:
        return []
    return [(PageKind.SOFT_404, 6, f"the same text stands at {look.same_text_at} other addresses of its host")]


def _parts(url: str) -> tuple[str, str]:
    """Return host and path of an address in normal form for comparison."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return "", url
    return host, unquote(parts.path).rstrip("/").lower() or "/"


def _is_section(requested: str, final: str) -> bool:
    """Return whether a path is a parent folder of the requested one."""
    return final != "/" and requested.startswith(final + "/")


def _shown(url: str) -> str:
    return url if len(url) <= 120 else url[:119] + "…"
