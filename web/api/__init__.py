"""The reading API below /api/v1, one module per noun. Each has a `router`."""

from __future__ import annotations

from web.api import (
    articles,
    clusters,
    deliveries,
    entities,
    exports,
    feeds,
    matches,
    mentions,
    revisions,
    sources,
    status,
    subscriptions,
)
from web.api.coverage import comparisons, cooccurrence, series, unusual

ROUTERS = tuple(
    module.router
    for module in (
        articles,
        revisions,
        mentions,
        entities,
        series,
        comparisons,
        unusual,
        cooccurrence,
        clusters,
        sources,
        feeds,
        subscriptions,
        matches,
        deliveries,
        exports,
        status,
    )
)
