"""The certificate authorities for HTTPS."""

from __future__ import annotations

import ssl
from functools import cache


@cache
def trust() -> ssl.SSLContext:
    """Return the system's certificate authorities; reading them takes longer than a call."""
    return ssl.create_default_context()
