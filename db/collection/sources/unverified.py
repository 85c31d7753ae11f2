"""Rules for servers with bad certificates, and the articles that came from them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy import Connection, delete, select, update

from db.dialect import insert
from db.enums.collection import CertificateRule
from db.models import Article, Source, UnverifiedRevision

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
    """Return whether an address may be read without a valid certificate."""
    if rule in (CertificateRule.NEVER, CertificateRule.ALWAYS):
        return rule == CertificateRule.ALWAYS
    return not has_secret(url)


def has_secret(url: str) -> bool:
    """Return whether an address contains a secret of its reader: a user, a token, a long random value."""
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return True
    if "@" in parts.netloc:
        return True
    return any(
        bool(value) and not _TRACKS.fullmatch(name) and (_suggests_secret(name) or bool(_RANDOM.fullmatch(value)))
        for name, value in pairs
    )


def _suggests_secret(name: str) -> bool:
    """Return whether a field with this name is likely to hold a secret: `api_key`, `accessToken`, `X-Amz-Signature`."""
    return name.lower().endswith(_ENDS) or any(word.lower() in _WORDS for word in _WORD.findall(name))


def set_rule(conn: Connection, source_id: str, rule: str) -> None:
    """Set the rule of an outlet."""
    kept = None if rule == CertificateRule.WITHOUT_SECRETS else rule
    conn.execute(update(Source).where(Source.id == source_id).values(unverified=kept))


def record_unverified(conn: Connection, reasons: Mapping[int, str]) -> None:
    """Record the reasons why the origin of revisions is unverified."""
    if reasons:
        rows = [{"revision_id": number, "reason": reason} for number, reason in sorted(reasons.items())]
        conn.execute(insert(conn, UnverifiedRevision).on_conflict_do_nothing(), rows)


def forget_unverified(conn: Connection, revision_ids: Collection[int]) -> None:
    """Record that a verified server has sent the same text for these revisions."""
    if revision_ids:
        conn.execute(delete(UnverifiedRevision).where(UnverifiedRevision.revision_id.in_(sorted(revision_ids))))


def find_unverified(conn: Connection, article_id: int) -> str | None:
    """Return the reason why the origin of an article's text is unverified; None if it is verified or needs no proof."""
    query = select(UnverifiedRevision.reason).join(Article, Article.revision_id == UnverifiedRevision.revision_id)
    return conn.scalar(query.where(Article.id == article_id))


def has_unverified_articles(conn: Connection, source_id: str) -> bool:
    """Return whether an outlet has articles with text of unverified origin."""
    # from those few texts to their articles, whatever the planner knows of their numbers
    theirs = select(Article.source_id).where(Article.revision_id == UnverifiedRevision.revision_id).scalar_subquery()
    return conn.scalar(select(UnverifiedRevision.revision_id).where(theirs == source_id).limit(1)) is not None
