"""Due times of scheduled exports: at the full hour, at midnight, on Monday, on the first. All of it in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from db.enums.exports import ExportPeriod


def next_time(after: datetime, every: ExportPeriod) -> datetime:
    """Return the first beginning of an hour, day, week or month after this instant."""
    hour = after.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if every == ExportPeriod.HOUR:
        return hour + timedelta(hours=1)
    midnight = hour.replace(hour=0)
    if every == ExportPeriod.DAY:
        return midnight + timedelta(days=1)
    if every == ExportPeriod.WEEK:
        return midnight + timedelta(days=7 - midnight.weekday())
    return (midnight.replace(day=1) + timedelta(days=32)).replace(day=1)
