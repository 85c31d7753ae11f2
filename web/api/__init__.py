"""The reading API below /api/v1, one module per noun. Each has a `router`."""

from __future__ import annotations

from web.api import articles, clusters, cooccurrence, exports, matches, mentions, revisions

ROUTERS = tuple(module.router for module in (articles, revisions, mentions, cooccurrence, clusters, matches, exports))
