"""The pages for readers, one module per noun. Each has a `router`; `ROUTERS` is their order in the menu."""

from __future__ import annotations

from web.pages import articles, charts, entities, entity, letters, overview, revisions, status

ROUTERS = (
    overview.router,
    entities.router,
    entity.router,
    articles.router,
    revisions.router,
    status.router,
    letters.router,
    charts.router,
)
