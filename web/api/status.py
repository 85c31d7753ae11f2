"""The state of the whole system."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from web.api.parts.answers import KNOWN_ONLY, answer, documented
from web.api.parts.row_models import ApiModel, said
from web.shared.status_record import read_status_record
from web.shared.store import Reading

router = APIRouter(tags=["status"], dependencies=KNOWN_ONLY)


class StoreProblem(ApiModel):
    """Something that went wrong."""

    stage: str = said("The stage that it happened in.", "poll")
    subject: str = said("What it is about.", "https://example.org/rss")
    reason: str = said("What was wrong.", "HTTP 503")
    last_at: str = said("When it happened last.", "2022-01-06T10:00:00Z")
    times: int = said("How often it happened.", 3)


class SystemStatus(ApiModel):
    """The state of the store, of the outlets and of the alerts, as `status --format json` prints it."""

    database: str = said("The database, without its password.", "/var/lib/steppewatch/steppewatch.db")
    revision: str | None = said("Revision of its schema.", "0034")
    disk_full: str | None = said("The message that the disk is full.", None)
    at: str = said(
        "When this was true: seconds ago, and at most a minute where the store is large.", "2022-01-06T10:00:00Z"
    )
    articles: int = said("Articles.", 1200)
    stories: int = said("Stories.", 900)
    revisions: int = said("Texts.", 1300)
    mentions: int = said("Mentions, as far as coverage is counted.", 9000)
    latest_article_at: str | None = said("When the last article was collected.", "2022-01-06T09:59:00Z")
    sources: int = said("Outlets.", 120)
    outlets_collected_by: dict[str, int] = said("Outlets by the best way of their collection.", {"feed": 100})
    outlets_never_heard: int = said("Outlets that never brought an article.", 3)
    outlets_removed: int = said("Outlets that a person removed.", 1)
    feeds: dict[str, int] = said("Feeds by state.", {"active": 130, "failing": 2})
    feeds_guessed: dict[str, int] = said("Guessed addresses of the catalogue by how trying them ended.", {"untried": 4})
    last_poll_at: str | None = said("Last poll.", "2022-01-06T10:00:00Z")
    outlets_unreachable: str | None = said("Why no outlet can be reached.", None)
    outlets_impaired: dict[str, str] = said("Outlets that show other pages than articles, with the reason.", {})
    suspects: int = said("Articles whose address shows another text.", 0)
    ahead: dict[str, int] = said("Waits that are too long because a clock ran ahead.", {})
    captures_waiting: int = said("Pages that wait to be read.", 0)
    revisions_unfinished: int = said("Texts that wait to be tagged.", 0)
    coverage_marks: int = said("Marks that wait for a recount.", 0)
    vocabulary: str | None = said("Version of the vocabulary.", "0a1b2c")
    entities: int = said("Entities in it.", 600)
    revisions_outdated: int = said("Texts tagged with another version.", 0)
    retagging: bool = said("Whether they are tagged again.", False)
    outcomes_24h: dict[str, dict[str, int]] = said("Inputs of 24 hours by stage and outcome.", {"ingest": {"new": 3}})
    problems: list[StoreProblem] = Field(description="The latest problems.")
    alerts: dict[str, int] = said("Messages by state, and paused addresses.", {"waiting": 0, "sent": 12})


@router.get("/status", operation_id="get_status", **documented(SystemStatus, without=[404]))
def get_status(request: Request, store: Reading) -> Response:
    """Return the state of the whole system."""
    return answer(request, read_status_record(store))
