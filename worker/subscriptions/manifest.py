"""Subscriptions in a file under version control: read, compared with the database, and applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import Connection

from db.alerts import channels, subscriptions
from db.alerts.channels import FEED
from db.alerts.subscriptions import SubscriptionIn, SubscriptionRow
from db.enums.alerts import SubscriptionKind
from db.enums.base import listed
from worker.delivery.transports.table import TRANSPORTS
from worker.delivery.transports.transport import RecipientAddress
from worker.subscriptions import definition
from worker.subscriptions.definition import NAME, References, SubscriptionDefinition, to_definition, validate
from worker.subscriptions.plain_yaml import Fault, read_yaml
from worker.subscriptions.references import load_query_names, load_references

_FIELDS: dict[str, type] = {
    "query": str,
    "silence": str,
    "burst": str,
    "health": str,
    "every": str,
    "max_age_h": int,
    "on_revision": bool,
    "all_quiet": bool,
}
_IN_WORDS = {str: "a text", int: "a whole number", bool: "yes or no", list: "a list of texts"}
_NO_NAME = "not a name; names are lower-case letters, digits, dots and hyphens, at most 100"
_KINDS = tuple(SubscriptionKind)


class ManifestError(ValueError):
    """An unusable file; `problems` lists all its faults."""

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of a file."""

    origin: str
    """The file's name; entries managed by it that it no longer contains are removed."""
    saved: Mapping[str, str]
    definitions: tuple[SubscriptionDefinition, ...]


class StepAction(StrEnum):
    """The action that a file asks for a name."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    KEEP = "keep"


class StepSubject(StrEnum):
    """The kind of the thing that a step acts on."""

    SUBSCRIPTION = "subscription"
    SAVED_QUERY = "saved query"


@dataclass(frozen=True, slots=True)
class Step:
    """The action for a name; and the changed fields, from and to."""

    action: StepAction
    subject: StepSubject
    name: str
    changes: Mapping[str, tuple[object, object]] = field(default_factory=dict)


def read_manifest(text: str, origin: str) -> Manifest:
    """Return the content of a file. Raises ManifestError."""
    try:
        content = read_yaml(text)
    except Fault as fault:
        raise ManifestError(str(fault)) from None
    content = {} if content is None else content
    if not isinstance(content, dict) or set(content) - {"saved", "subscriptions"}:
        raise ManifestError("the file holds `saved:` and `subscriptions:`, and nothing else")
    problems: list[str] = []
    saved = {} if content.get("saved") is None else content["saved"]
    stated = {} if content.get("subscriptions") is None else content["subscriptions"]
    if not isinstance(saved, dict) or not all(isinstance(query, str) for query in saved.values()):
        raise ManifestError("saved: must hold a query for each name")
    if not isinstance(stated, dict):
        raise ManifestError("subscriptions: must hold fields for each name")
    for what, names in (("subscription", stated), ("saved query", saved)):
        problems += [f"{what} {name[:60]!r}: {_NO_NAME}" for name in names if not NAME.fullmatch(name)]
    found = [_definition(name, fields, origin, problems) for name, fields in stated.items() if NAME.fullmatch(name)]
    if problems:
        raise ManifestError(*problems)
    return Manifest(origin, saved, tuple(each for each in found if each is not None))


def _definition(name: str, fields: object, origin: str, problems: list[str]) -> SubscriptionDefinition | None:
    if not isinstance(fields, dict):
        problems.append(f"{name}: must hold fields such as query and email")
        return None
    values: dict[str, Any] = {}
    known = _fields()
    for key, value in fields.items():
        kind = known.get(key)
        value = [value] if kind is list and isinstance(value, str) else value
        texts = all(isinstance(each, str) for each in value) if isinstance(value, list) else True
        if kind is None:
            problems.append(f"{name}: there is no field {key[:60]!r}; {', '.join(known)}")
        elif type(value) is not kind or not texts:
            problems.append(f"{name}: {key} must be {_IN_WORDS[kind]}")
        else:
            values[key] = value
    kinds = [kind for kind in _KINDS if kind in fields]
    if len(kinds) != 1:
        problems.append(f"{name}: needs exactly one of {listed(_KINDS)}")
    if len(kinds) != 1 or kinds[0] not in values:
        return None
    new = SubscriptionIn(
        name=name,
        query=values[kinds[0]],
        kind=kinds[0],
        cadence=values.get("every", "at once"),
        max_age_h=values.get("max_age_h", 72),
        on_revision=values.get("on_revision", False),
        all_quiet=values.get("all_quiet", False),
        origin=origin,
    )
    recipients = (RecipientAddress(kind, address) for kind in TRANSPORTS for address in values.get(kind, ()))
    return SubscriptionDefinition(new, tuple(recipients), values.get(FEED, False))


def _fields() -> dict[str, type]:
    """Return the fields of a subscription in the file; each transport has one, with a list of addresses."""
    return _FIELDS | dict.fromkeys(TRANSPORTS, list) | {FEED: bool}


def plan(conn: Connection, manifest: Manifest, *, allow_private_hosts: str) -> tuple[list[Step], Manifest]:
    """Return the steps that make the database equal to the file, and the file with all values in stored form.

    Raises ManifestError with all problems of the file.
    """
    from worker.query.query import parse

    saved = {**subscriptions.saved_queries(conn), **manifest.saved}
    known = load_references(conn, allow_private_hosts=allow_private_hosts)
    names = load_query_names(conn)
    known = References(partial(parse, saved=saved, known=names), known.outlets, known.allowed)
    problems: list[str] = []
    good = []
    for stated in manifest.definitions:
        stored_form, wrong = validate(stated, known)
        problems += [f"{stated.subscription.name}: {problem}" for problem in wrong]
        good.append(stored_form)
    for name, query in manifest.saved.items():
        try:
            known.parse(query)
        except ValueError as error:
            problems.append(f"saved query {name}: {error}")
    stored = {row.name: row for row in subscriptions.list_subscriptions(conn)}
    for each in good:
        row = stored.get(each.subscription.name)
        if row is not None and row.origin != manifest.origin:
            where = f"kept in {row.origin}" if row.origin else "added by a person"
            problems.append(f"{row.name}: there is one already, {where}")
    if problems:
        raise ManifestError(*problems)
    steps = _saved_steps(conn, manifest) + [_step(conn, stored.get(each.subscription.name), each) for each in good]
    kept = {each.subscription.name for each in good}
    steps += [
        Step(StepAction.REMOVE, StepSubject.SUBSCRIPTION, name)
        for name, row in stored.items()
        if row.origin == manifest.origin and name not in kept
    ]
    return steps, Manifest(manifest.origin, manifest.saved, tuple(good))


def _saved_steps(conn: Connection, manifest: Manifest) -> list[Step]:
    before = subscriptions.saved_queries(conn)
    managed = subscriptions.find_managed_queries(conn, manifest.origin)
    steps = []
    for name, query in manifest.saved.items():
        if name not in before:
            steps.append(Step(StepAction.ADD, StepSubject.SAVED_QUERY, name))
        elif before[name] != query or name not in managed:
            steps.append(Step(StepAction.CHANGE, StepSubject.SAVED_QUERY, name, {"query": (before[name], query)}))
        else:
            steps.append(Step(StepAction.KEEP, StepSubject.SAVED_QUERY, name))
    return steps + [
        Step(StepAction.REMOVE, StepSubject.SAVED_QUERY, name) for name in managed if name not in manifest.saved
    ]


def _step(conn: Connection, row: SubscriptionRow | None, stated: SubscriptionDefinition) -> Step:
    name = stated.subscription.name
    if row is None:
        return Step(StepAction.ADD, StepSubject.SUBSCRIPTION, name)
    now = to_definition(row, channels.find_recipients(conn, [row.id]))
    changes: dict[str, tuple[object, object]] = {}
    for key in ("kind", "query", "cadence", "max_age_h", "on_revision", "all_quiet"):
        pair = getattr(now.subscription, key), getattr(stated.subscription, key)
        if pair[0] != pair[1]:
            changes[key] = pair
    for kind in dict.fromkeys((*TRANSPORTS, *(one.kind for one in now.recipients))):
        before, after = now.of_kind(kind), stated.of_kind(kind)
        if set(before) != set(after):
            changes[kind] = (before, after)
    if now.feed != stated.feed:
        changes[FEED] = (now.feed, stated.feed)
    return Step(StepAction.CHANGE if changes else StepAction.KEEP, StepSubject.SUBSCRIPTION, name, changes)


def apply(conn: Connection, manifest: Manifest, steps: list[Step], *, now: datetime) -> None:
    """Apply the steps, all or none."""
    by_name = {each.subscription.name: each for each in manifest.definitions}
    to_do = [step for step in steps if step.action is not StepAction.KEEP]
    saved = {step.name: step.action for step in to_do if step.subject is StepSubject.SAVED_QUERY}
    stated = {name: manifest.saved[name] for name, action in saved.items() if action is not StepAction.REMOVE}
    subscriptions.record_saved_queries(conn, stated, origin=manifest.origin)
    subscriptions.remove_saved_queries(conn, [name for name, action in saved.items() if action is StepAction.REMOVE])
    for step in (step for step in to_do if step.subject is StepSubject.SUBSCRIPTION):
        row = subscriptions.find_subscription(conn, step.name)
        if step.action is StepAction.ADD:
            definition.create(conn, by_name[step.name], now=now)
        elif step.action is StepAction.CHANGE and row is not None:
            definition.update(conn, row, by_name[step.name], now=now)
        elif row is not None:
            definition.remove(conn, row)
