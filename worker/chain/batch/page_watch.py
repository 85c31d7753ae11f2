"""Records of the pages in a batch: counted by kind, and scheduled for another fetch if they showed no article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from db import outcomes
from db.articles import suspects
from db.articles.recording.arrivals import Recorded
from db.collection.pages import doubts
from db.enums.outcomes import PageKind, Stage
from worker.chain.batch.following import WithheldText
from worker.chain.batch.identify import Identified
from worker.chain.documents import Rejected


def record_looks(
    conn: Connection,
    entries: Sequence[tuple[Identified | Rejected, Recorded | None]],
    withheld: Mapping[int, WithheldText],
    capture_ids: Collection[int],
    *,
    now: datetime,
) -> None:
    """Count the kinds of these captures' pages, store suspects, and schedule pages without an article again."""
    counts: Counter[tuple[str | None, PageKind]] = Counter()
    doubtful: dict[int, PageKind] = {}
    fine: dict[int, int] = {}
    for entry, recorded in entries:
        capture_id, source_id, kind = _look(entry)
        if capture_id not in capture_ids or kind is None:
            continue
        counts[source_id or (recorded.source_id if recorded else None), kind] += 1
        if kind is PageKind.NO_PAGE:
            continue
        if kind is not PageKind.ARTICLE:
            doubtful[capture_id] = kind
        elif recorded is not None:
            fine[capture_id] = recorded.article_id
        elif capture_id in withheld:
            fine[capture_id] = withheld[capture_id].article_id
    outcomes.record_outcomes(conn, Stage.PAGE, counts, at=now)
    waiting = {each.article_id: each.waiting for key, each in withheld.items() if key in capture_ids and each.waiting}
    suspects.record_suspects(conn, waiting)
    suspects.drop_suspects(conn, [article_id for article_id in fine.values() if article_id not in waiting])
    if doubtful:
        doubts.record_doubts(conn, doubtful, now=now)
    if fine:
        doubts.forget_doubts(conn, fine)


def _look(entry: Identified | Rejected) -> tuple[int, str | None, PageKind | None]:
    """Return capture (0: none), source and kind of the page; None when no page was fetched."""
    if isinstance(entry, Rejected):
        return entry.capture_id or 0, entry.source_id, entry.page_kind
    document = entry.document
    return document.capture_id or 0, document.source_id, document.page_kind
