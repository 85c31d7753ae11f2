"""Sources: the outlets, how they are collected, and what may be missing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from db.collection.feeds.losses import find_newest, measure_losses
from db.collection.sources.sources import list_sources as read_sources
from db.enums.collection import SourceOrigin
from db.id_pages import read_ids
from db.models import Source
from db.status import read_outlet_states
from web.api.feeds import FeedOfOutlet
from web.api.parts.answers import KNOWN_ONLY, LIMIT, NAME, Cursor, Limit, answer, documented, next_address, read_place
from web.api.parts.row_models import ApiModel, build_list_model, said
from web.shared.cursors import write_cursor
from web.shared.hidden import hide_passwords
from web.shared.hubs import describe_outlet_hubs
from web.shared.params import get_source as find_id
from web.shared.store import Reading
from worker.catalogue.records import outlet_record, outlet_row_record

router = APIRouter(tags=["sources"], dependencies=KNOWN_ONLY)


class ListedSource(ApiModel):
    """An outlet, as in `source list`."""

    id: str = said("Id in the catalogue, for an unknown outlet its registrable domain.", "example-herald")
    name: str = said("Name, for display.", "Example Herald")
    country: str | None = said("ISO 3166-1 alpha-2.", "KZ")
    languages: list[str] = said("Codes, as the catalogue has them.", ["en", "kk"])
    kind: str | None = said("Kind, in the catalogue's words.", "newspaper")
    origin: SourceOrigin = said("Where it comes from.", "catalogue")
    feeds: int = said("Number of feeds.", 2)
    articles: int = said("Number of articles.", 1200)
    latest_at: str | None = said("When its newest article was collected.", "2022-01-06T10:05:00Z")
    last_error: str | None = said("Error of one of its feeds.", None)
    collected_by: str = said("The best way of its collection: feed, sitemap, section or none.", "feed")
    state: str = said("State of its collection.", "ok")
    complete: float | None = said("Share of entries believed to have been seen, last seven days.", 0.998)
    newest_at: str | None = said("Publication of its newest entry.", "2022-01-06T09:50:00Z")


SourceList = build_list_model("SourceList", "A page of outlets.", "sources", ListedSource, "The outlets, by id.")


@router.get("/sources", operation_id="list_sources", **documented(SourceList, without=[404]))
def list_sources(request: Request, store: Reading, limit: Limit = LIMIT, cursor: Cursor = "") -> Response:
    """List the outlets with how each is collected, its state and its numbers."""
    (after,) = read_place("sources", cursor, [str]) or (None,)
    now = store.now()
    with store.reading() as conn:
        ids, last = read_ids(conn, Source.id, after=after, limit=limit)
        rows = {row.id: row for row in read_sources(conn, only=ids)}
        states, losses = read_outlet_states(conn, now=now), measure_losses(conn, until=now)
        newest = find_newest(conn, ids)
    records = [outlet_row_record(rows[id], states[id], losses.get(id), newest.get(id)) for id in ids]
    following = last and next_address(request, cursor=write_cursor("sources", [last]))
    return answer(request, {"sources": hide_passwords(records), "next": following})


class SourceProblem(ApiModel):
    """Something that went wrong with an outlet."""

    subject: str = said("What it is about.", "https://example.org/rss")
    reason: str = said("What was wrong.", "HTTP 503")
    last_at: str = said("When it happened last.", "2022-01-06T10:00:00Z")
    times: int = said("How often it happened.", 3)


class WholeSource(ApiModel):
    """An outlet with its feeds and problems, as in `source show`."""

    id: str = said("Id.", "example-herald")
    name: str = said("Name, for display.", "Example Herald")
    country: str | None = said("ISO 3166-1 alpha-2.", "KZ")
    languages: list[str] = said("Codes, as the catalogue has them.", ["en", "kk"])
    kind: str | None = said("Kind, in the catalogue's words.", "newspaper")
    homepage: str | None = said("Address of the front page.", "https://example.org/")
    paywall: str | None = said("As the catalogue has it.", None)
    time_zone: str | None = said("Time zone of its dates.", "Asia/Almaty")
    bias_note: str | None = said("What the catalogue says about its standpoint.", None)
    origin: SourceOrigin = said("Where it comes from.", "catalogue")
    added_at: str = said("When it was added.", "2022-01-01T00:00:00Z")
    domains: list[str] = said("Its domains.", ["example.org"])
    articles: int = said("Number of articles.", 1200)
    latest_at: str | None = said("When its newest article was collected.", "2022-01-06T10:05:00Z")
    trouble: str | None = said("What is wrong with its pages.", None)
    removed: dict[str, Any] | None = said("A person's decision to remove it.", None)
    problems: list[SourceProblem] = said("Its latest problems.", [])
    read_unverified: bool | str = said("Whether bad certificates are accepted.", "without-secrets")
    unverified: bool = said("Whether any of what it has came from a server with a bad certificate.", False)
    feeds: list[FeedOfOutlet] = said("Its feeds.", [])
    newest_at: str | None = said("Publication of the newest entry of its feeds.", "2022-01-06T09:50:00Z")
    overlap: float | None = said("Share of entries seen twice, last seven days.", 0.8)
    complete: float | None = said("Share of entries believed to have been seen, last seven days.", 0.998)
    missed: float | None = said("Expected number of entries missed, last seven days.", 0.4)
    missed_any: float | None = said("Chance that any was missed.", 0.3)


@router.get("/sources/{source:path}", operation_id="get_source", **documented(WholeSource, without=[404]))
def get_source(
    request: Request,
    store: Reading,
    source: Annotated[str, Path(description="Id, name or domain.", examples=["eurasianet"], **NAME)],
) -> Response:
    """Return one outlet with its feeds, what they may have missed, and its latest problems."""
    now = store.now()
    with store.reading() as conn:
        source_id = find_id(conn, source)
        record = outlet_record(conn, source_id, now=now, hubs=describe_outlet_hubs(conn, source_id, now=now))
    return answer(request, hide_passwords(record))
