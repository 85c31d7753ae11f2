"""The closed sets of `db.outcomes`: the stages of processing, and the counted outcomes of each. Pure."""

from __future__ import annotations

from db.enums.base import ClosedSet


class Stage(ClosedSet):
    """The stage of processing that an outcome or a problem belongs to."""

    POLL = "poll", "polls of feeds"
    ENTRY = "entry", "entries of feeds"
    FETCH = "fetch", "fetches of pages"
    BACKFILL = "backfill", "documents that list older articles, for a back-fill"
    HUB = "hub", "requests to hubs for subscriptions to feeds"
    PUSH = "push", "messages of hubs"
    PAGE = "page", "kinds of the pages that were fetched for an article"
    INGEST = "ingest", "articles of files"
    UNDERSTAND = "understand", "captures, as the workers process them"
    MATCH = "match", "problems only: subscriptions that cannot be matched"
    DELIVER = "deliver", "problems only: messages that cannot be sent"
    EXPORT = "export", "problems only: scheduled exports"
    RETAG = "retag", "problems only: tagging with a new vocabulary"
    NETWORK = "network", "problems only: no outlet is reachable"
    HEALTH = "health", "problems only: outlets that answer and yet are not collected as they should be"
    CLOCK = "clock", "problems only: instants too far in the future"


class CountedOutcome(ClosedSet):
    """Base class of the outcomes of a stage."""


class RequestOutcome(CountedOutcome):
    """The outcome of a poll (stage `poll`), of a fetch (stage `fetch`), of a document (stage `backfill`), or of a
    request to a hub (stage `hub`).
    """

    CHANGED = "changed", "a feed that is not as before; a document that was read"
    CAPTURED = "captured", "a page that is not as before; it is stored"
    UNCHANGED = "unchanged", "the same as before"
    ASKED = "asked", "a hub that took our request; it confirms by itself"
    GONE = "gone", "it is not there any more, for good"
    MISSING = "missing", "the server answered 404 or 410"
    FORBIDDEN = "forbidden", "the server does not let us in: 401, 402, 403, 407 or 451"
    THROTTLED = "throttled", "the server lets us in again later: 429, or 403 after many requests"
    REDIRECTS = "redirects", "redirects that lead nowhere, or are too many"
    SERVER_ERROR = "server error", "any other status that is no success"
    ROBOTS = "robots", "robots.txt forbids it, or cannot be had"
    REFUSED = "refused", "an address that we do not request: private, or unusable"
    CERTIFICATE = "certificate", "a bad certificate where a good one is required"
    UNREACHABLE = "unreachable", "the host cannot be reached"
    TIMED_OUT = "timed out", "no response in time"
    BROKEN = "broken", "a response that broke off, or cannot be unpacked"
    TOO_LARGE = "too large", "larger than the limit"
    EMPTY = "empty", "a response without content"
    NOT_A_FEED = "not a feed", "a poll that was answered with something else"
    UNREADABLE = "unreadable", "a feed that cannot be parsed"
    NOT_A_PAGE = "not a page", "a fetch that was answered with something else, such as a picture"
    NO_NETWORK = "no network", "our own network failed; tried again soon"
    INTERNAL_ERROR = "internal error", "a fault of the program; tried again later"


class EntryOutcome(CountedOutcome):
    """The outcome of an entry of a feed (stage `entry`)."""

    NEW = "new", "a page or text that is listed for the first time"
    KNOWN = "known", "listed before"
    REFUSED = "refused", "its address is not to be requested"
    DUPLICATE = "duplicate", "another entry of the same feed stands for the same page or text"
    NO_LINK = "no link", "it has neither a link nor words"
    UNUSABLE = "unusable", "its link cannot be used, and it has no words"
    OLD = "old", "in a sitemap: not of the last days, and not known to be new there"
    FOREIGN = "foreign", "in a sitemap: the address is another outlet's"


class PushOutcome(CountedOutcome):
    """The outcome of a message of a hub (stage `push`)."""

    DUE = "due", "its feed is polled now, or as soon as it may be again"
    PLANNED = "planned", "its feed is polled as planned: soon anyway, or it rests after a failure"
    UNSIGNED = "unsigned", "without a valid signature; ignored"
    TOO_LARGE = "too large", "larger than the limit; ignored"


class PageKind(CountedOutcome):
    """The kind of the page that was fetched for an article (stage `page`)."""

    ARTICLE = "article", "the article"
    CHALLENGE = "challenge", "a protection that wants proof of a person"
    LOGIN_WALL = "login wall", "a request to log in"
    CONSENT_WALL = "consent wall", "a request for consent, to cookies for example"
    PAYWALL = "paywall", "a request to subscribe, with a beginning of the article or without"
    SOFT_404 = "soft 404", "a page that says that there is none, with status 200"
    FRONT_PAGE = "front page", "the front page or a section of the site"
    PARKED = "parked", "a domain that is for sale"
    MAINTENANCE = "maintenance", "the site is being worked on"
    ERROR_PAGE = "error page", "an error with status 200, or nothing of an article"
    SUSPECT = "suspect", "a text so different from the known one that it waits for a second fetch"
    NO_PAGE = "no page", "none was read: the text of a feed, which does not replace the known text"


class InputOutcome(CountedOutcome):
    """The outcome of a capture (stage `understand`) or of an article of a file (stage `ingest`)."""

    NEW = "new", "the first text of a new article"
    COPY = "copy", "likewise, and a copy of another article"
    REVISED = "revised", "another text of a known article"
    SEEN_AGAIN = "seen_again", "a text that is stored already"
    REJECTED = "rejected", "no article, or one that cannot be read"
