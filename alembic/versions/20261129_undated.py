"""Articles without a date that count on no day: a person brought them in, or a feed had them before we followed it.

How those of older stores are told apart. A text was collected if it came from a capture, is the words of a feed, or if
a page of the article's address was fetched and was known when the text was first seen: the capture may have been
dropped since. A collected text was new if its page was first seen by a feed that was followed already, or if no feed is
known any more that showed it: then it keeps its day. Everything else without a date was brought in, or was there before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.dialect import is_sqlite
from db.dialect.change_numbers import change_number

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_PAGE = """coalesce(
    (SELECT c.page_id FROM captures c WHERE c.id = revisions.capture_id),
    (SELECT min(p.id) FROM pages p WHERE p.fetched_at IS NOT NULL AND p.first_seen_at <= revisions.observed_at
        AND (p.canonical_url = (SELECT a.canonical_url{collate} FROM articles a WHERE a.id = revisions.article_id)
            OR p.canonical_url IN (SELECT n.canonical_url{collate} FROM article_addresses n
                WHERE n.article_id = revisions.article_id AND n.is_asked)))
)"""
_FIRST = "(SELECT min(e.first_seen_at) FROM sightings e WHERE e.page_id = s.page_id)"
_REVISIONS = """
    UPDATE revisions SET is_undated = true
    WHERE published_at IS NULL AND (
        (capture_id IS NULL AND text_from NOT IN ('feed', 'aggregator') AND {page} IS NULL)
        OR (EXISTS (SELECT 1 FROM sightings s WHERE s.page_id = {page})
            AND NOT EXISTS (
                SELECT 1 FROM sightings s JOIN feeds f ON f.id = s.feed_id
                WHERE s.page_id = {page} AND s.first_seen_at = {first}
                    AND (f.followed_since IS NULL OR f.followed_since < s.first_seen_at)))
    )
"""
_ARTICLES = """
    UPDATE articles SET is_undated = true
    WHERE published_at IS NULL AND EXISTS (SELECT 1 FROM revisions r WHERE r.article_id = articles.id)
        AND NOT EXISTS (
            SELECT 1 FROM revisions r WHERE r.article_id = articles.id AND (r.published_at IS NOT NULL
                OR (NOT r.is_undated AND r.observed_at = (
                    SELECT min(o.observed_at) FROM revisions o WHERE o.article_id = articles.id))))
"""
_MARK = "INSERT INTO coverage_marks (article_id) SELECT id FROM articles WHERE is_undated"


def upgrade() -> None:
    for table in ("articles", "revisions"):
        op.add_column(table, sa.Column("is_undated", sa.Boolean(), server_default=sa.false(), nullable=False))
    conn = op.get_bind()
    page = _PAGE.format(collate="" if is_sqlite(conn) else ' COLLATE "default"')
    op.execute(_REVISIONS.format(page=page, first=_FIRST))
    op.execute(_ARTICLES)
    _count_anew()


def downgrade() -> None:
    _count_anew()
    for table in ("revisions", "articles"):
        op.drop_column(table, "is_undated")


def _count_anew() -> None:
    """Have what is of no day counted anew, and exported with the next changes."""
    op.execute(_MARK)
    op.execute(f"UPDATE articles SET changed = {change_number(op.get_bind())} WHERE is_undated")
