"""Results of the inputs of a batch, each once, with remarks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from db.articles.mentions import TaggedRevision
from db.articles.recording.arrivals import Recorded
from db.articles.revisions import RevisionOut
from db.enums.outcomes import InputOutcome
from worker.chain.batch.identify import Identified
from worker.chain.batch.tag import remark_on
from worker.chain.documents import InputResult, Rejected, joined


def endings(
    entries: Sequence[tuple[Identified | Rejected, Recorded | None]],
    finished: Mapping[int, InputOutcome],
    tagged: Mapping[int, TaggedRevision],
) -> list[InputResult]:
    """Return the result of each entry of a batch; `finished` has the outcomes of its revisions."""
    ended = []
    for entry, recorded in entries:
        if isinstance(entry, Rejected):
            outcome, reason = (
                (InputOutcome.SEEN_AGAIN, None) if entry.is_same else (InputOutcome.REJECTED, entry.reason)
            )
            ended.append(
                InputResult(
                    subject=entry.subject,
                    outcome=outcome,
                    source_id=entry.source_id,
                    capture_id=entry.capture_id,
                    reason=reason,
                )
            )
            continue
        assert recorded is not None
        outcome = (
            recorded.outcome
            if recorded.revision_id is None
            else finished.get(recorded.revision_id, InputOutcome.SEEN_AGAIN)
        )
        document = entry.document
        remark = joined(entry.remark, remark_on(tagged.get(recorded.revision_id or 0)))
        ended.append(
            InputResult(
                subject=document.subject,
                outcome=outcome,
                source_id=recorded.source_id,
                capture_id=document.capture_id,
                reason=remark,
            )
        )
    return ended


def late_endings(
    waiting: Sequence[RevisionOut], finished: Mapping[int, InputOutcome], tagged: Mapping[int, TaggedRevision]
) -> list[InputResult]:
    """Return the results of revisions begun by another batch and finished by this one."""
    return [
        InputResult(
            subject=f"revision {revision.id}",
            outcome=finished[revision.id],
            source_id=revision.source_id,
            capture_id=revision.capture_id,
            reason=remark_on(tagged[revision.id]),
        )
        for revision in waiting
        if revision.id in finished
    ]
