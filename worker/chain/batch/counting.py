"""Counting of the outcomes of a batch, in the transaction that completes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from db import outcomes
from db.collection import captures
from db.enums.outcomes import Stage
from worker.chain.documents import InputResult


def count_endings(conn: Connection, ended: Sequence[InputResult], now: datetime) -> set[int]:
    """Finish captures and count the outcomes of inputs; return the captures that were not finished before."""
    by_capture = {end.capture_id: (end.outcome, end.reason) for end in ended if end.capture_id is not None}
    first_time = captures.finish_captures(conn, by_capture)
    stages: dict[Stage, list[InputResult]] = {
        Stage.INGEST: [end for end in ended if end.capture_id is None],
        Stage.UNDERSTAND: [end for end in ended if end.capture_id in first_time],
    }
    for stage, members in stages.items():
        counts = Counter((end.source_id, end.outcome) for end in members)
        outcomes.record_outcomes(conn, stage, counts, at=now)
        problems = [outcomes.ProblemSeen(end.subject, end.reason, end.source_id) for end in members if end.reason]
        outcomes.record_problems(conn, stage, problems, at=now)
    return first_time
