"""The reading API below /api/v1, one module per noun. Each has a `router`."""

from __future__ import annotations

from web.api import (
    articles,
    clusters,
    comparisons,
    cooccurrence,
    coverage,
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
    unusual,
)

ROUTERS = tuple(
    module.router
    for module in (
        articles,
        revisions,
        mentions,
        entities,
        coverage,
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
