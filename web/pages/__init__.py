"""The pages for readers, one module per noun. Each has a `router`; `ROUTERS` is their order in the menu."""

from __future__ import annotations

from web.pages import (
    alerts,
    articles,
    charts,
    compare,
    entities,
    entity,
    exports,
    letters,
    outlets,
    overview,
    revisions,
    search,
    status,
    stories,
)

ROUTERS = (
    overview.router,
    compare.router,
    search.router,
    articles.router,
    revisions.router,
    stories.router,
    entities.router,
    entity.router,
    outlets.router,
    alerts.router,
    exports.router,
    status.router,
    letters.router,
    charts.router,
)
