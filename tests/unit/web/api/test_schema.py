"""The API keeps what its description promises, on a store that was written to do harm."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
import schemathesis
from hostilestore import SECRETS, hostile_store
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy import select

from db.models import Channel, Recipient
from web.app import build_application, create_app
from web.door import Door

DOOR = Door(frozenset(["testserver"]), is_guarded=True)


@pytest.fixture(scope="module")
def api() -> Iterator[Any]:
    """Give the API over a hostile store, as its description has it."""
    with tempfile.TemporaryDirectory() as folder:
        database = hostile_store(f"sqlite:///{Path(folder) / 'steppewatch.db'}")
        yield schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app(database, door=DOOR))
        database.close()


OPERATIONS = [
    operation["operationId"] for path in build_application().openapi()["paths"].values() for operation in path.values()
]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_gets_an_answer_that_is_not_described(api: Any, name: str, mode: GenerationMode) -> None:
    operation = api.find_operation_by_id(name)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        # what a name, a query or a cursor may be is more than a schema says: those that mean nothing are a 422
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    if operation.query or operation.path_parameters or mode is GenerationMode.POSITIVE:
        ask()


LISTS = [
    "/api/v1/articles",
    "/api/v1/articles?changed_since=0",
    "/api/v1/articles?query=csto",
    "/api/v1/articles?changed_since=0&query=csto",
    "/api/v1/articles?entity=csto",
    "/api/v1/mentions?query=csto",
    "/api/v1/revisions?query=csto",
    "/api/v1/clusters?query=csto",
    "/api/v1/matches?query=csto",
    "/api/v1/revisions",
    "/api/v1/articles/3/revisions",
    "/api/v1/mentions",
    "/api/v1/articles/3/mentions",
    "/api/v1/entities",
    "/api/v1/cooccurrence",
    "/api/v1/clusters",
    "/api/v1/sources",
    "/api/v1/feeds",
    "/api/v1/subscriptions",
    "/api/v1/matches",
    "/api/v1/deliveries",
]
THINGS = [
    *(f"/api/v1/articles/{number}" for number in range(1, 10)),
    "/api/v1/articles/3/changes",
    "/api/v1/clusters/2",
    "/api/v1/entities/csto",
    "/api/v1/entities/tashkent",
    "/api/v1/sources/oasis-wire",
    "/api/v1/sources/meadow.example",
    "/api/v1/subscriptions/%3Cb%3Ecsto%3C/b%3E%20%E2%80%9Cdrills%E2%80%9D",
    "/api/v1/coverage?entity=csto&by=month&split=source&share=true&voice=true",
    "/api/v1/coverage?entity=csto&entity=turan",
    "/api/v1/coverage/comparison?entity=csto&first=2021-12&second=2022-01",
    "/api/v1/coverage/unusual?until=2022-01-06",
    "/api/v1/status",
    "/api/v1/exports",
    "/api/v1/exports/articles?text=true",
    "/api/v1/exports/matches",
]


def conforming(api: Any, address: str) -> Any:
    """Return the answer to a request that must succeed and be as described."""
    path, _, query = address.partition("?")
    operations = (result.ok() for result in api.get_all_operations())
    operation = max((one for one in operations if matches(one.path, path)), key=lambda one: one.path.count("/"))
    case = operation.Case(path_parameters=parameters(operation.path, path), query=pairs(query))
    response = case.call_and_validate(excluded_checks=[positive_data_acceptance])
    assert response.status_code == 200, f"{address}: {response.text[:300]}"
    return response


def matches(template: str, path: str) -> bool:
    form = re.escape(template).replace(r"\{", "{").replace(r"\}", "}")
    return re.fullmatch(re.sub(r"{\w+}$", ".+", re.sub(r"{\w+}(?=/)", "[^/]+", form)), path) is not None


def parameters(template: str, path: str) -> dict[str, str]:
    parts = template.split("/")
    both = zip(parts, path.split("/", len(parts) - 1), strict=True)
    return {part[1:-1]: unquote(value) for part, value in both if part.startswith("{")}


def pairs(query: str) -> dict[str, Any]:
    return dict(parse_qs(query))


@pytest.mark.parametrize("address", LISTS)
def test_each_page_of_each_list_is_as_described_and_shows_no_secret(api: Any, address: str) -> None:
    place: str | None = f"{address}{'&' if '?' in address else '?'}limit=2"
    pages = 0
    while place:
        response = conforming(api, place)
        assert_no_secret(response.text)
        place, pages = response.json()["next"], pages + 1
    assert pages > (0 if "deliveries" not in address else 1)


@pytest.mark.parametrize("address", THINGS)
def test_each_thing_is_as_described_and_shows_no_secret(api: Any, address: str) -> None:
    assert_no_secret(conforming(api, address).text)


def assert_no_secret(text: str) -> None:
    for secret in SECRETS:
        assert secret not in text


def test_no_token_and_no_key_is_in_any_answer(api: Any) -> None:
    database = api.app._app._app.state.store.database
    with database.reading() as conn:
        tokens = [one for row in conn.execute(select(Recipient.token, Recipient.feed_token)) for one in row if one]
        tokens += conn.scalars(select(Channel.secret).where(Channel.secret.is_not(None)))
    assert len(tokens) > 4
    text = "".join(conforming(api, address).text for address in (*LISTS, *THINGS))
    assert [token for token in tokens if token in text] == []


def test_every_operation_and_parameter_is_described_with_an_example() -> None:
    document = build_application().openapi()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalpha() for name in names)
    for operation in operations:
        assert operation["description"], operation["operationId"]
        assert {"422", "503"} <= operation["responses"].keys() or operation["operationId"] == "list_exports"
        for parameter in operation.get("parameters", ()):
            described = {**parameter["schema"], **parameter}
            assert described.get("description"), (operation["operationId"], parameter["name"])
            assert "examples" in described or "example" in described, (operation["operationId"], parameter["name"])
        content = operation["responses"]["200"]["content"]
        assert "application/json" not in content or "example" in content["application/json"], operation["operationId"]


def test_all_fields_of_all_answers_are_described() -> None:
    models = build_application().openapi()["components"]["schemas"]
    bare = [
        f"{name}.{field}"
        for name, model in models.items()
        for field, about in model.get("properties", {}).items()
        if not about.get("description")
    ]
    assert bare == []
