"""Which answers may be taken from a server whose certificate is bad, and which articles came from such answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy import Connection, delete, select, update

from db.dialect import insert
from db.models import Article, Source, UnverifiedRevision

NEVER, WITHOUT_SECRETS, ALWAYS = "never", "without-secrets", "always"
RULES = (NEVER, WITHOUT_SECRETS, ALWAYS)
"""When an outlet's feeds and pages are read although the certificate is bad; the second is the usual rule."""
_WORDS = frozenset(
    {
        "apikey",
        "auth",
        "authkey",
        "authorization",
        "bearer",
        "credential",
        "credentials",
        "hash",
        "jwt",
        "key",
        "login",
        "pass",
        "passwd",
        "password",
        "private",
        "pwd",
        "secret",
        "session",
        "sessionid",
        "sid",
        "sig",
        "signature",
        "token",
        "user",
        "username",
    }
)
_ENDS = ("token", "secret", "password", "apikey", "authkey", "feedkey", "rsskey", "userkey")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_RANDOM = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_.~+/=-]{20,}")
_TRACKS = re.compile(r"utm_\w+|\w*clid", re.IGNORECASE)


def may_be_unverified(url: str, rule: str | None) -> bool:
    """Return whether an address may be read although its server does not prove who it is."""
    if rule in (NEVER, ALWAYS):
        return rule == ALWAYS
    return not has_secret(url)


def has_secret(url: str) -> bool:
    """Return whether an address holds what only its reader may know: a user, a token, a long random value."""
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return True
    if "@" in parts.netloc:
        return True
    return any(
        bool(value) and not _TRACKS.fullmatch(name) and (_is_telling(name) or bool(_RANDOM.fullmatch(value)))
        for name, value in pairs
    )


def _is_telling(name: str) -> bool:
    """Return whether a field with this name is likely to hold a secret: `api_key`, `accessToken`, `X-Amz-Signature`."""
    return name.lower().endswith(_ENDS) or any(word.lower() in _WORDS for word in _WORD.findall(name))


def set_rule(conn: Connection, source_id: str, rule: str) -> None:
    """Let this rule hold for an outlet."""
    kept = None if rule == WITHOUT_SECRETS else rule
    conn.execute(update(Source).where(Source.id == source_id).values(unverified=kept))


def record_unverified(conn: Connection, reasons: Mapping[int, str]) -> None:
    """Note of revisions why nobody proved where they come from."""
    if reasons:
        rows = [{"revision_id": number, "reason": reason} for number, reason in sorted(reasons.items())]
        conn.execute(insert(conn, UnverifiedRevision).on_conflict_do_nothing(), rows)


def forget_unverified(conn: Connection, revision_ids: Collection[int]) -> None:
    """Note of revisions that somebody who proved who he is has sent the same text."""
    if revision_ids:
        conn.execute(delete(UnverifiedRevision).where(UnverifiedRevision.revision_id.in_(sorted(revision_ids))))


def find_unverified(conn: Connection, article_id: int) -> str | None:
    """Return why nobody proved where the text of an article comes from; None if somebody did, or nobody had to."""
    query = select(UnverifiedRevision.reason).join(Article, Article.revision_id == UnverifiedRevision.revision_id)
    return conn.scalar(query.where(Article.id == article_id))


def has_unverified_articles(conn: Connection, source_id: str) -> bool:
    """Return whether an outlet has articles whose text nobody vouched for."""
    query = select(Article.id).join(UnverifiedRevision, UnverifiedRevision.revision_id == Article.revision_id)
    return conn.scalar(query.where(Article.source_id == source_id).limit(1)) is not None
