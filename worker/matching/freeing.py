"""Late sending of matches after their article turned out to be no reprint.

A sent message is never recalled. A match freed by a new decision is sent now, unless it has become too old for the
subscription.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection

from db.alerts import freed, outbox
from db.alerts.freed import Freed
from db.enums.alerts import MatchStatus


def free(conn: Connection, article_ids: Collection[int], *, now: datetime, by_person: bool = False) -> int:
    """Release the matches of articles that changed their stories; return the number that became news.

    Call it when clusters are stored and their articles locked. Of several in one story the first is news. An article
    that still resembles a sent one is not sent again, unless a person separated them.
    """
    found = freed.find_freed(conn, article_ids, resembling=by_person) if article_ids else []
    if not found:
        return 0
    began = freed.find_first_matches(conn, found)
    rulings: dict[int, tuple[str, int | None]] = {}
    news = []
    for each in found:
        key = (each.subscription_id, each.story)
        if key in began:
            rulings[each.match_id] = (MatchStatus.ALSO, began[key])
        elif is_too_late(each, now):
            rulings[each.match_id] = (MatchStatus.OLD, None)
        else:
            began[key] = each.match_id
            rulings[each.match_id] = (MatchStatus.NEWS, None)
            news.append((each.match_id, each.subscription_id, MatchStatus.NEWS))
    freed.record_freed(conn, rulings)
    outbox.post(conn, news, now=now)
    return len(news)


def is_too_late(match: Freed, now: datetime) -> bool:
    """Return whether an article is too old to be news now; one without a date counts from its first sighting."""
    if match.published_at is None:
        return match.is_undated or now - match.observed_at > timedelta(hours=match.max_age_h)
    end = match.published_at + (timedelta(days=1) if match.published_is_day else timedelta())
    return now - end > timedelta(hours=match.max_age_h)
