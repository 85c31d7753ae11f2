"""`steppewatch source edit`: what a person knows better about an outlet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.shared.addresses import parse_web_address
from cli.shared.output import emit, fail
from cli.shared.store import open_store
from cli.shared.tables import print_table, wants_json
from cli.source.parts import values
from cli.source.parts.feeds import FORMAT, OUTLET, find_feed
from db.enums.collection import CertificateRule, FeedKind

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cli.shared.tables import Format

_FACTS = ("name", "country", "languages", "kind", "homepage", "paywall", "time_zone")


def source_edit(
    outlet: OUTLET,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Display name.")] = None,
    country: Annotated[str | None, typer.Option(metavar="CODE", help="KZ, KG/KZ, exile, international; none.")] = None,
    lang: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="The languages it writes in; repeatable; none.")
    ] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="News agency, newspaper, blog …; none.")] = None,
    homepage: Annotated[str | None, typer.Option(metavar="URL", help="Its front page; none.")] = None,
    paywall: Annotated[str | None, typer.Option(metavar="KIND", help="no, metered, partial, hard; none.")] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Time zone of the dates on its pages: Asia/Almaty; none for unknown."),
    ] = None,
    unverified: Annotated[
        CertificateRule | None,
        typer.Option(help="Whether to read feeds and pages despite a bad certificate; by default without-secrets."),
    ] = None,
    add_domain: Annotated[list[str] | None, typer.Option(metavar="DOMAIN", help="It is on it too; repeatable.")] = None,
    remove_domain: Annotated[
        list[str] | None, typer.Option(metavar="DOMAIN", help="It is not on it; repeatable.")
    ] = None,
    add_feed: Annotated[list[str] | None, typer.Option(metavar="URL", help="Poll it too; repeatable.")] = None,
    remove_feed: Annotated[list[str] | None, typer.Option(metavar="URL", help="Poll it no more; repeatable.")] = None,
    replace_feed: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="OLD NEW", help="Its feed has another address; history and articles stay."),
    ] = None,
    poll_every: Annotated[
        str | None,
        typer.Option(metavar="MIN..MAX", help="Limits of the pause between polls: 10m..6h; none for the usual."),
    ] = None,
    link_pattern: Annotated[
        str | None,
        typer.Option(metavar="PATTERN", help="Links to articles on a section page: /news/*; none: as learnt."),
    ] = None,
    feed: Annotated[
        str | None, typer.Option(metavar="URL", help="The feed for --poll-every and --link-pattern; by default all.")
    ] = None,
    format: FORMAT = None,
) -> None:
    """Change facts about an outlet, its domains and feeds, and how it is collected from now on.

    Your changes stay when the catalogue changes. All of them are made, or none. Pages read despite a bad certificate
    are marked as unverified.

    Examples:

      steppewatch source edit new-eastern-outlook --unverified never

      steppewatch source edit 24-kg --time-zone Asia/Bishkek --lang ru --lang ky

      steppewatch source edit herald.example --replace-feed https://herald.example/rss https://herald.example/feed

      steppewatch source edit herald.example --poll-every 10m..6h
    """
    facts = {
        **_read("name", name, lambda text: values.parse_text(text, "--name", longest=200, may_be_empty=False)),
        **_read("country", country, values.parse_country),
        **_read("languages", lang, values.parse_languages),
        **_read("kind", kind, lambda text: values.parse_text(text, "--kind", longest=100)),
        **_read("homepage", homepage, _parse_homepage),
        **_read("paywall", paywall, values.parse_paywall),
        **_read("time_zone", time_zone, values.parse_zone),
        **_read("unverified", unverified, lambda rule: None if rule == CertificateRule.WITHOUT_SECRETS else rule),
    }
    edit: dict[str, list[Any]] = {
        "domains_added": [values.parse_domain(domain, "--add-domain") for domain in add_domain or []],
        "domains_removed": [values.parse_domain(domain, "--remove-domain") for domain in remove_domain or []],
        "feeds_added": [parse_web_address(url, "--add-feed") for url in add_feed or []],
        "feeds_removed": list(remove_feed or []),
        "feeds_replaced": [_read_pair(replace_feed)] if replace_feed else [],
    }
    rules = _read("link_pattern", link_pattern, values.parse_link_pattern)
    rules |= values.parse_intervals(poll_every) if poll_every is not None else {}
    if feed is not None and not rules:
        raise typer.BadParameter("needs --poll-every or --link-pattern", param_hint="--feed")
    if not facts and not rules and not any(edit.values()):
        fail("nothing to change", hint="use --name, --time-zone, --add-feed, --poll-every or another option", code=2)
    _apply(outlet, facts, edit, rules, feed, format)


def _read(name: str, written: Any, parse: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the value of an option under its name; nothing for an option that was not given."""
    return {} if written is None or written == [] else {name: parse(written)}


def _read_pair(addresses: tuple[str, str]) -> tuple[str, str]:
    old, new = addresses
    return old, parse_web_address(new, "--replace-feed")


def _parse_homepage(value: str) -> str | None:
    return None if value.strip().lower() == values.NONE else parse_web_address(value, "--homepage")


def _apply(
    outlet: str,
    facts: dict[str, Any],
    edit: dict[str, list[Any]],
    rules: dict[str, Any],
    feed: str | None,
    format: Format | None,
) -> None:
    from cli.shared.lookup import source_ids
    from db.collection.feeds.edits import FeedTaken
    from db.collection.sources.edits import DomainTaken, FeedRules, OutletRemoved, SourceEdit, edit_source

    database = open_store()
    with database.reading() as conn:
        source_id = source_ids(conn, [outlet])[0]
        edit["feeds_removed"] = [find_feed(conn, source_id, url) for url in edit["feeds_removed"]]
        edit["feeds_replaced"] = [(find_feed(conn, source_id, old), new) for old, new in edit["feeds_replaced"]]
        _refuse_unknown_domains(conn, source_id, edit["domains_removed"])
        urls = _choose_feeds(conn, source_id, feed, rules) if rules else ()
    wanted = SourceEdit(
        facts=facts,
        rules=FeedRules(urls=urls, values=rules),
        **{name: tuple(several) for name, several in edit.items()},
    )
    try:
        database.write(lambda conn: edit_source(conn, source_id, wanted, now=datetime.now(UTC)))
    except (DomainTaken, FeedTaken, OutletRemoved) as error:
        fail(f"nothing was changed: {error}", hint="steppewatch source show shows what belongs to an outlet")
    record = database.read(lambda conn: _build_record(conn, source_id))
    if wants_json(format):
        emit(record)
    else:
        shown = {name.replace("_", " "): _describe(value) for name, value in record.items()}
        print_table(("", ""), shown.items())


def _choose_feeds(conn: Connection, source_id: str, feed: str | None, rules: dict[str, Any]) -> tuple[str, ...]:
    """Return the feeds that rules are for. Exit if there are none, or a pattern is for a feed that is no page."""
    from db.collection.feeds.edits import list_feed_kinds

    kinds = list_feed_kinds(conn, source_id)
    if feed is not None:
        chosen = [find_feed(conn, source_id, feed)]
    elif "link_pattern" in rules:
        chosen = [url for url, kind in kinds.items() if kind == FeedKind.SECTION]
    else:
        chosen = list(kinds)
    if not chosen:
        wanted = "section page" if "link_pattern" in rules else "feed"
        fail(f"nothing was changed: {source_id} has no {wanted}", hint="add one with steppewatch source add")
    wrong = [url for url in chosen if "link_pattern" in rules and kinds[url] != FeedKind.SECTION]
    if wrong:
        fail(f"nothing was changed: {wrong[0]} is a {kinds[wrong[0]]}, no section page", code=2)
    return tuple(chosen)


def _refuse_unknown_domains(conn: Connection, source_id: str, domains: Sequence[str]) -> None:
    from db.collection.sources.sources import list_domains

    known = list_domains(conn, source_id)
    for domain in domains:
        if domain not in known:
            fail(f"nothing was changed: {domain} is no domain of {source_id}", hint=f"its domains: {', '.join(known)}")


def _build_record(conn: Connection, source_id: str) -> dict[str, Any]:
    from db.collection.feeds.edits import list_feed_rules
    from db.collection.sources.sources import find_source, list_domains

    source = find_source(conn, source_id)
    assert source is not None, "its id was just looked up"
    return {
        "id": source_id,
        **{name: getattr(source, name) for name in _FACTS},
        "read_unverified": source.unverified or CertificateRule.WITHOUT_SECRETS,
        "domains": list_domains(conn, source_id),
        "feeds": list_feed_rules(conn, source_id),
    }


def _describe(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(_describe_feed(one) if isinstance(one, dict) else str(one) for one in value)
    return "" if value is None else str(value)


def _describe_feed(feed: dict[str, Any]) -> str:
    limits = {"at least every": feed["ceiling_s"], "at most every": feed["floor_s"]}
    words = [f"{name} {seconds:,} s" for name, seconds in limits.items() if seconds is not None]
    pattern = [f"links {feed['link_pattern']}"] if feed["link_pattern"] else []
    return ", ".join([f"{feed['url']} {feed['state']}", *words, *pattern])
