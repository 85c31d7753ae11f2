"""Entities of the vocabulary: those that articles are tagged with, and their names."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import select
from starlette.responses import Response

from db.enums.vocabulary import EntityType, MentionLevel
from db.id_pages import read_ids
from db.models import EntityRow
from db.vocabulary.versions import find_labels
from web.api.parts.answers import KNOWN_ONLY, LIMIT, NAME, Cursor, Limit, answer, documented, next_address, read_place
from web.api.parts.row_models import ApiModel, build_list_model, said
from web.shared.cursors import write_cursor
from web.shared.names import find_name_book
from web.shared.params import get_entity as find_id
from web.shared.store import Reading

router = APIRouter(tags=["entities"], dependencies=KNOWN_ONLY)

_COLUMNS = (
    EntityRow.id,
    EntityRow.type,
    EntityRow.label,
    EntityRow.description,
    EntityRow.wikidata,
    EntityRow.in_seed,
)


class ListedEntity(ApiModel):
    """An entity."""

    id: str = said("Id in the vocabulary.", "csto")
    type: str = said(f"Type: {', '.join(EntityType)}.", "alliance")
    label: str = said("Name, for display.", "CSTO")
    description: str | None = said("What it is.", "a military alliance")
    wikidata: str | None = said("Its item in Wikidata.", "Q318693")
    in_seed: bool = said("Whether it is of the seed vocabulary.", True)


class EntityName(ApiModel):
    """A name of an entity."""

    text: str = said("The name.", "ОДКБ")
    lang: str | None = said("Its language; null for all.", "ru")
    level: MentionLevel = said("What a mention by it stands for.", "name")


class WholeEntity(ListedEntity):
    """An entity with its names."""

    aliases: list[EntityName] = said("Its names in the current vocabulary, without generated forms.", [])


EntityList = build_list_model("EntityList", "A page of entities.", "entities", ListedEntity, "The entities, by id.")


@router.get("/entities", operation_id="list_entities", **documented(EntityList, without=[404]))
def list_entities(
    request: Request,
    store: Reading,
    name: Annotated[
        str, Query(max_length=300, description="Only with this in the id, label or a name.", examples=["csto"])
    ] = "",
    type: Annotated[EntityType | None, Query(description="Only of this type.", examples=["alliance"])] = None,
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> Response:
    """List the entities, also those that only former versions of the vocabulary had."""
    (after,) = read_place("entities", cursor, [str]) or (None,)
    with store.reading() as conn:
        where = [] if type is None else [EntityRow.type == type]
        if name:
            where.append(EntityRow.id.in_(find_name_book(conn).find(name, find_labels(conn))))
        ids, last = read_ids(conn, EntityRow.id, after=after, limit=limit, where=where)
        rows = {row.id: row._asdict() for row in conn.execute(select(*_COLUMNS).where(EntityRow.id.in_(ids)))}
    following = last and next_address(request, cursor=write_cursor("entities", [last]))
    return answer(request, {"entities": [rows[id] for id in ids], "next": following})


@router.get("/entities/{entity:path}", operation_id="get_entity", **documented(WholeEntity, without=[404]))
def get_entity(
    request: Request,
    store: Reading,
    entity: Annotated[str, Path(description="Id, label or any alias.", examples=["csto"], **NAME)],
) -> Response:
    """Return one entity with its names."""
    with store.reading() as conn:
        entity_id = find_id(conn, entity)
        row = conn.execute(select(*_COLUMNS).where(EntityRow.id == entity_id)).one()
        names = find_name_book(conn).list_names(entity_id)
    aliases = [{"text": name.text, "lang": name.language or None, "level": name.level} for name in names]
    return answer(request, {**row._asdict(), "aliases": aliases})
