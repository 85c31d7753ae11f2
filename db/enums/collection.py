"""The closed sets of `db.models.collection` and `db.models.sources`: feeds, pages, captures, outlets. Pure."""

from __future__ import annotations

from db.enums.base import ClosedSet


class FeedState(ClosedSet):
    """Whether a feed is polled."""

    ACTIVE = "active", "polled when its time comes"
    PAUSED = "paused", "a person paused it; it is not polled"
    GONE = "gone", "the server said 410; polled rarely, in case it comes back"
    RETIRED = "retired", "its catalogue names another one; it is not polled"


class PageState(ClosedSet):
    """Whether a page is fetched."""

    ACTIVE = "active", "fetched when its time comes"
    REFUSED = "refused", "not permitted (robots.txt, private address …); asked for ever more rarely"
    GONE = "gone", "the server said 404 or 410; asked for ever more rarely"
    SETTLED = "settled", "it changes no more; it is not fetched"


class CaptureStage(ClosedSet):
    """How far the workers are with a capture."""

    FETCHED = "fetched", "waits for a worker"
    DONE = "done", "everything that follows from it is stored"


class CertificateRule(ClosedSet):
    """When the feeds and pages of an outlet are read although its server does not prove who it is."""

    NEVER = "never", "never"
    WITHOUT_SECRETS = "without-secrets", "where the address holds no secret; the usual rule"
    ALWAYS = "always", "always"


class SourceOrigin(ClosedSet):
    """How the store came to know an outlet."""

    CATALOGUE = "catalogue", "the catalogue names it"
    PERSON = "person", "a person added it"
    DOCUMENT = "document", "it was met in a document"


class Confidence(ClosedSet):
    """How sure the catalogue is of the address of a feed."""

    CERTAIN = "certain", "in several public lists"
    LIKELY = "likely", "in one public list, or by the usual pattern"
    GUESS = "guess", "nobody has seen it there"
