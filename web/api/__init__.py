"""The reading API below /api/v1, one module per noun. Each has a `router`."""

from __future__ import annotations

from web.api import articles, exports

ROUTERS = (articles.router, exports.router)
