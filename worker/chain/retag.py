"""Retagging the archive with the current vocabulary: the same batches under Celery and in the foreground."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from db.outcomes import ProblemSeen
from db.vocabulary import retags
from worker.chain.batch.tag import remark_on
from worker.chain.pipeline import Pipeline
from worker.coverage.recount import recount

BATCH = 50
"""Revisions per transaction, which holds the lock for some 20 ms, and per message."""


def retag_batch(chain: Pipeline, revision_ids: Sequence[int]) -> int:
    """Tag revisions with the current vocabulary; return the number that changed version."""
    spotter = chain.load()
    texts = chain.database.read(partial(retags.read_outdated, revision_ids=revision_ids))
    found = {text.id: spotter.tag(text) for text in texts}
    if not found:
        return 0
    remarked = ((text, remark_on(found[text.id])) for text in texts)
    remarks = {text.id: ProblemSeen(text.url, remark, text.source_id) for text, remark in remarked if remark}
    return chain.database.write(
        partial(
            retags.record_retagged,
            found=found,
            vocabulary_version=spotter.version,
            now=chain.clock(),
            remarks=remarks,
        )
    )


def retag_archive(chain: Pipeline, *, progress: Callable[[int], object] = lambda _: None) -> int:
    """Tag all revisions with the current vocabulary and recount coverage; return the number of revisions.

    Shares the work with running workers. Revisions claimed by others come last, and again if necessary, because their
    workers may have died.
    """
    done = 0
    lease_s = chain.lease.total_seconds()
    for claimed in (False, True):
        while ids := chain.database.write(
            partial(retags.claim_outdated, now=chain.clock(), lease_s=lease_s, limit=BATCH, claimed=claimed)
        ):
            done += retag_batch(chain, ids)
            progress(len(ids))
    recount(chain.database)
    return done
