"""Counted outcomes, exactly one for every input, and problems in readable words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, delete, desc, func, select

from db.dialect import insert
from db.enums.outcomes import CountedOutcome, Stage
from db.models import Outcome, Problem

KEEP_PROBLEMS = 2_000

AnyOutcome = TypeVar("AnyOutcome", bound=CountedOutcome)


@dataclass(frozen=True, slots=True)
class ProblemSeen:
    """One input that could not be used, or only in part."""

    subject: str
    reason: str
    source_id: str | None = None


def record_outcomes(
    conn: Connection, stage: Stage, counts: Mapping[tuple[str | None, AnyOutcome], int], *, at: datetime
) -> None:
    """Add counts per (source id, outcome). Call it in the transaction of the facts it counts."""
    rows = [
        {"at": at, "stage": stage, "source_id": source_id, "outcome": outcome, "inputs": inputs}
        for (source_id, outcome), inputs in sorted(counts.items(), key=lambda item: (item[0][0] or "", item[0][1]))
        if inputs
    ]
    if rows:
        conn.execute(insert(conn, Outcome), rows)


def record_problems(conn: Connection, stage: Stage, problems: Iterable[ProblemSeen], *, at: datetime) -> None:
    """Store the latest reason for each subject; a repetition only increases its count."""
    latest = {_storable(problem.subject)[:500]: problem for problem in problems}
    if not latest:
        return
    rows = [
        {
            "stage": stage,
            "subject": subject,
            "reason": _storable(problem.reason)[:1000],
            "source_id": problem.source_id,
            "last_at": at,
            "times": 1,
        }
        for subject, problem in sorted(latest.items())
    ]
    upsert = insert(conn, Problem)
    conn.execute(
        upsert.on_conflict_do_update(
            index_elements=["stage", "subject"],
            set_={
                "reason": upsert.excluded.reason,
                "last_at": upsert.excluded.last_at,
                "times": Problem.times + 1,
            },
        ),
        rows,
    )


def replace_problems(conn: Connection, stage: Stage, problems: Iterable[ProblemSeen], *, at: datetime) -> None:
    """Store these as the only problems of a stage: those whose reason is gone are deleted."""
    current = list(problems)
    gone = delete(Problem).where(Problem.stage == stage)
    if current:
        gone = gone.where(Problem.subject.not_in([_storable(problem.subject)[:500] for problem in current]))
    conn.execute(gone)
    record_problems(conn, stage, current, at=at)


def _storable(text: str) -> str:
    """Return the text with unstorable characters escaped: file names and messages may contain anything."""
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")


def count_outcomes(conn: Connection, *, since: datetime | None = None) -> list[tuple[str, str, int]]:
    """Return (stage, outcome, inputs), summed over all sources."""
    query = select(Outcome.stage, Outcome.outcome, func.sum(Outcome.inputs)).group_by(Outcome.stage, Outcome.outcome)
    if since is not None:
        # the stages are all there are; an index has the times of each
        query = query.where(Outcome.stage.in_(list(Stage)), Outcome.at >= since)
    return [
        (stage, outcome, int(n)) for stage, outcome, n in conn.execute(query.order_by(Outcome.stage, Outcome.outcome))
    ]


def compact_outcomes(conn: Connection, *, day: datetime) -> int:
    """Merge the counts of one day (from `day`, 24 hours) into one row per stage, source and outcome.

    Returns the number of rows saved. The day must be over: no process may still add to it.
    """
    within = (Outcome.at >= day, Outcome.at < day + timedelta(days=1))
    keys = (Outcome.stage, Outcome.source_id, Outcome.outcome)
    sums = conn.execute(select(*keys, func.sum(Outcome.inputs)).where(*within).group_by(*keys)).all()
    rows = conn.scalar(select(func.count()).select_from(Outcome).where(*within)) or 0
    if rows > len(sums):
        conn.execute(delete(Outcome).where(*within))
        names = ("stage", "source_id", "outcome", "inputs")
        conn.execute(insert(conn, Outcome), [{"at": day, **dict(zip(names, row, strict=True))} for row in sums])
    return rows - len(sums)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """A problem as shown by `status` and the status page."""

    stage: str
    subject: str
    reason: str
    last_at: datetime
    times: int


def latest_problems(conn: Connection, limit: int = 20, *, source_id: str | None = None) -> list[ProblemRow]:
    """Return problems, the newest first, optionally those of one outlet."""
    query = (
        select(Problem.stage, Problem.subject, Problem.reason, Problem.last_at, Problem.times)
        .order_by(desc(Problem.last_at), Problem.subject)
        .limit(limit)
    )
    if source_id is not None:
        query = query.where(Problem.source_id == source_id)
    return [ProblemRow(**row._asdict()) for row in conn.execute(query)]


def forget_old_problems(conn: Connection, keep: int = KEEP_PROBLEMS) -> int:
    """Keep only the newest problems; return the number of deleted ones."""
    edge = conn.scalar(select(Problem.last_at).order_by(desc(Problem.last_at)).offset(keep).limit(1))
    if edge is None:
        return 0
    return conn.execute(delete(Problem).where(Problem.last_at <= edge)).rowcount
