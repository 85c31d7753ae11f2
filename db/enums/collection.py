"""The closed sets of `db.models.collection` and `db.models.sources`: feeds, pages, captures, outlets. Pure."""

from __future__ import annotations

from db.enums.base import ClosedSet


class FeedState(ClosedSet):
    """The state of a feed."""

    ACTIVE = "active", "polled when due"
    PAUSED = "paused", "a person paused it; it is not polled"
    GONE = "gone", "the server answered 410; polled rarely, in case it comes back"
    RETIRED = "retired", "its catalogue or a person put another in its place, or took it out; it is not polled"


class FeedKind(ClosedSet):
    """The kind of address that lists the articles of an outlet."""

    FEED = "feed", "RSS, Atom or a JSON Feed"
    SITEMAP = "sitemap", "a sitemap, or an index of sitemaps"
    SECTION = "section", "a front page or a section page, whose links lead to articles"
    BACKFILL = "backfill", "older articles that `source backfill` found; it is not polled"


class BackfillState(ClosedSet):
    """The state of a back-fill."""

    ACTIVE = "active", "documents or pages are left to read"
    DONE = "done", "everything was read"
    STOPPED = "stopped", "a person stopped it, or another one of the outlet took its place"


class PageState(ClosedSet):
    """The state of a page."""

    ACTIVE = "active", "fetched when due"
    REFUSED = "refused", "not permitted (robots.txt, private address …); fetched ever more rarely"
    GONE = "gone", "the server answered 404 or 410; fetched ever more rarely"
    SETTLED = "settled", "it changes no more; it is not fetched"


class CaptureStage(ClosedSet):
    """The progress of the workers with a capture."""

    FETCHED = "fetched", "waits for a worker"
    DONE = "done", "everything that follows from it is stored"


class CertificateRule(ClosedSet):
    """The rule for reading the feeds and pages of an outlet despite a bad certificate."""

    NEVER = "never", "never"
    WITHOUT_SECRETS = "without-secrets", "where the address holds no secret; the usual rule"
    ALWAYS = "always", "always"


class SourceOrigin(ClosedSet):
    """The origin of an outlet."""

    CATALOGUE = "catalogue", "listed in the catalogue"
    PERSON = "person", "added by a person"
    DOCUMENT = "document", "found in a document"


class Confidence(ClosedSet):
    """The catalogue's confidence in the address of a feed."""

    CERTAIN = "certain", "in several public lists"
    LIKELY = "likely", "in one public list, or by the usual pattern"
    GUESS = "guess", "not confirmed by any list"
