"""The folder of a vocabulary → its entities and its scope, or all its problems."""

from __future__ import annotations

import re
from pathlib import Path

from db.enums.vocabulary import EntityType, MentionLevel
from worker.text.fold import words
from worker.vocabulary.entities import (
    DECOY,
    LANGUAGES,
    Alias,
    Entity,
    Pattern,
    Relation,
    Vocabulary,
    VocabularyError,
)
from worker.vocabulary.languages.given_names import read_given_names
from worker.vocabulary.languages.han_pairs import read_pairs
from worker.vocabulary.languages.inflection import NOTHING, Inflection, read_inflection
from worker.vocabulary.languages.usage import read_usage
from worker.vocabulary.offices import Office, is_day
from worker.vocabulary.regions import read_regions
from worker.vocabulary.relations import FACTS, RelationKind
from worker.vocabulary.scope_file import read_scope
from worker.vocabulary.state_bodies import Bodies, read_bodies, shared_acronyms
from worker.vocabulary.toml_table import ID, TomlTable, read_toml

_WIKIDATA = re.compile(r"Q[1-9]\d*")
_SOURCE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_MAX_ALIAS = 200


def packaged_folder() -> Path:
    """Return the folder of the packaged vocabulary, in a checkout or a wheel."""
    worker = Path(__file__).resolve().parent.parent
    checkout = worker.parent / "vocabulary"
    return checkout if (checkout / "entities").is_dir() else worker / "_vocabulary"


def read_vocabulary(folder: Path) -> Vocabulary:
    """Return the vocabulary of a folder: `entities/<type>/<id>.toml`, `scope.toml`, `inflection.toml`, `bodies.toml`.

    Raise VocabularyError with all problems. Without `inflection.toml` names stand only for themselves.
    """
    files = sorted((folder / "entities").glob("*/*.toml"))
    if not files:
        raise VocabularyError((f"{folder}: holds no entities/<type>/<id>.toml",))
    problems: list[str] = []
    found: dict[str, tuple[str, Entity]] = {}
    for path in files:
        name = path.relative_to(folder).as_posix()
        try:
            content = read_toml(path)
        except ValueError as error:
            problems.append(f"{name}: {error}")
            continue
        entity = read_entity(content, path, name, problems)
        if entity.id in found:
            problems.append(f"{name}: {entity.id}: id: also used by {found[entity.id][0]}")
        found.setdefault(entity.id, (name, entity))
    problems.extend(_dangling(found))
    _expand(found, read_bodies(folder, LANGUAGES, problems), problems)
    scope = read_scope(folder, found, problems)
    inflection = _inflection(folder / "inflection.toml", problems)
    usages = read_usage(folder, LANGUAGES, problems)
    regions = read_regions(folder / "regions.toml", problems)
    pairs = read_pairs(folder / "pairs.toml", problems)
    given = read_given_names(folder / "given.toml", problems)
    if problems:
        raise VocabularyError(tuple(problems))
    return Vocabulary(
        entities=tuple(found[key][1] for key in sorted(found)),
        scope=scope,
        inflection=inflection,
        usages=usages,
        given=given,
        regions=regions,
        pairs=pairs,
    )


def _expand(found: dict[str, tuple[str, Entity]], bodies: Bodies, problems: list[str]) -> None:
    """Add to the entities that are bodies of states the names from their patterns."""
    shared = shared_acronyms([entity for _, entity in found.values()])
    for key, (name, entity) in found.items():
        if (pattern := entity.pattern) is None:
            continue
        state = found.get(pattern.of)
        if pattern.body not in bodies.phrases:
            problems.append(f"{name}: {key}: pattern.body: bodies.toml has no phrases for {pattern.body!r}")
        elif state is None or state[1].type != EntityType.STATE:
            problems.append(f"{name}: {key}: pattern.of: no state has the id {pattern.of!r}")
        else:
            found[key] = name, bodies.expanded(entity, pattern, state[1], shared)


def _inflection(path: Path, problems: list[str]) -> Inflection:
    if not path.exists():
        return NOTHING
    try:
        return read_inflection(read_toml(path), path.name, problems)
    except ValueError as error:
        problems.append(f"{path.name}: {error}")
        return NOTHING


def read_entity(content: dict[str, object], path: Path, name: str, problems: list[str]) -> Entity:
    """Return the entity of one file; problems are added to `problems`, with `name` and the field."""
    table = TomlTable(content, f"{name}: {content.get('id', path.stem)}", problems)
    identifier = table.text("id", required=True)
    if identifier and not ID.fullmatch(identifier):
        table.wrong("id", "must be lower-case letters and digits joined by hyphens")
    elif identifier and identifier != path.stem:
        table.wrong("id", f"is not the file's name, {path.stem}.toml")
    kind = table.text("type", required=True, one_of=tuple(EntityType))
    if kind in tuple(EntityType) and kind != path.parent.name:
        table.wrong("type", f"the file of a {kind} belongs in the folder {kind}, not {path.parent.name}")
    wikidata = table.text("wikidata")
    if wikidata and not _WIKIDATA.fullmatch(wikidata):
        table.wrong("wikidata", f"must look like Q232, not {wikidata!r}")
    own_level = str(MentionLevel.CONCEPT if kind == EntityType.CONCEPT else MentionLevel.NAME)
    aliases = [*_aliases(table, "names", own_level), *_aliases(table, "demonyms", "demonym")]
    if not any(alias.level == own_level for alias in aliases):
        table.wrong("names", "an entity needs at least one")
    entity = Entity(
        id=identifier,
        type=kind,
        label=table.text("label", required=True),
        description=table.text("description", required=True),
        wikidata=wikidata or None,
        ambiguity=table.text("ambiguity") or None,
        context_any=_contexts(table, "context_any"),
        context_none=_contexts(table, "context_none"),
        context_words=table.number("context_words"),
        office=_contexts(table, "office"),
        offices=tuple(
            _office(table.within(entry, f"offices[{at}]"), kind) for at, entry in enumerate(table.items("offices"))
        ),
        decoys=tuple(_aliases(table, "decoys", DECOY)),
        keep_inner=table.flag("keep_inner"),
        surname_rule=table.flag("surname_rule"),
        in_seed=table.flag("in_seed"),
        seed_mentions=table.number("seed_mentions"),
        relations=tuple(
            _relation(table.within(entry, f"relations[{at}]")) for at, entry in enumerate(table.items("relations"))
        ),
        aliases=tuple(aliases),
        pattern=_pattern(table),
    )
    table.done()
    return entity


def _pattern(table: TomlTable) -> Pattern | None:
    content = table.table("pattern")
    if not content:
        return None
    part = table.within(content, "pattern")
    pattern = Pattern(part.text("body", required=True), part.text("of", required=True))
    part.done()
    return pattern


def _aliases(table: TomlTable, key: str, level: str) -> list[Alias]:
    languages = table.table(key)
    group = table.within(languages, key)
    aliases: list[Alias] = []
    for language in languages:
        if language not in LANGUAGES:
            group.wrong(language, f"unknown language; known are {', '.join(LANGUAGES)}")
            continue
        for at, entry in enumerate(group.items(language)):
            field = f"{language}[{at}]"
            entry = {"text": entry} if isinstance(entry, str) else entry
            alias = _alias(group.within(entry, field), language, level)
            if alias is not None:
                aliases.append(alias)
    return aliases


def _alias(table: TomlTable, language: str, level: str) -> Alias | None:
    text = table.text("text", required=True)
    source = table.text("source")
    if source and not _SOURCE.fullmatch(source):
        table.wrong("source", f"must be one short word or domain such as uza.uz or guess, not {source!r}")
    alias = Alias(
        text=text,
        language=language,
        level=level,
        case_sensitive=table.flag("case"),
        needs_context=table.flag("context"),
        generated=table.flag("generated"),
        is_common=table.flag("common"),
        is_surname=table.flag("surname"),
        source=source or None,
    )
    table.done()
    if not text:
        return None
    if not words(text):
        table.wrong("text", f"has no letter and no digit: {text!r}")
    if len(text) > _MAX_ALIAS:
        table.wrong("text", f"is longer than {_MAX_ALIAS} characters")
    if language == "zh" and len(text) < 2:
        table.wrong("text", f"one Chinese character alone matches inside other words: {text!r}")
    return alias


def _contexts(table: TomlTable, key: str) -> tuple[str, ...]:
    terms = table.texts(key)
    for at, term in enumerate(terms):
        if not words(term):
            table.wrong(f"{key}[{at}]", f"has no letter and no digit: {term!r}")
    return terms


def _relation(table: TomlTable) -> Relation:
    kind = table.text("rel", required=True, one_of=tuple(RelationKind))
    target = table.text("target", required=True)
    dates = {key: table.text(key) for key in ("from", "to", "date")}
    table.done()
    for key, value in dates.items():
        if value and not is_day(value):
            table.wrong(key, f"must be a year, a month or a day such as 2022-01-05, not {value!r}")
    return Relation(
        kind=kind, target=target, from_on=dates["from"] or None, to_on=dates["to"] or None, on=dates["date"] or None
    )


def _office(table: TomlTable, kind: str) -> Office:
    if kind != EntityType.PERSON:
        table.wrong("title", "only a person holds an office")
    dates = {key: table.text(key) for key in ("from", "until")}
    office = Office(
        title=table.text("title", required=True),
        of=table.text("of") or None,
        from_on=dates["from"] or None,
        until_on=dates["until"] or None,
        terms=_contexts(table, "terms"),
    )
    table.done()
    for key, value in dates.items():
        if value and not is_day(value):
            table.wrong(key, f"must be a year, a month or a day such as 2022-01-05, not {value!r}")
            return office
    if office.from_on and office.until_on and office.until_on < office.from_on[: len(office.until_on)]:
        table.wrong("until", f"is before from, {office.from_on}")
    return office


def _dangling(found: dict[str, tuple[str, Entity]]) -> list[str]:
    relations = [
        f"{name}: {entity.id}: relations[{at}].target: no entity has the id {relation.target!r}"
        for name, entity in found.values()
        for at, relation in enumerate(entity.relations)
        if relation.kind not in FACTS and relation.target not in found
    ]
    offices = [
        f"{name}: {entity.id}: offices[{at}].of: no entity has the id {office.of!r}"
        for name, entity in found.values()
        for at, office in enumerate(entity.offices)
        if office.of and office.of not in found
    ]
    return relations + offices
