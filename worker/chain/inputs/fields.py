"""Fields of JSON lines and columns of CSV: known names, their synonyms, and user-defined mappings."""

from __future__ import annotations

import dataclasses
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final

from worker.export.formats.article_columns import ARTICLES, WITH_TEXT
from worker.export.formats.csv_lines import guard, unguard

Note = Callable[[str], None]
MOST_TOLD: Final = 20
"""Maximum of unknown fields that are reported by name."""
_MOST_REMEMBERED: Final = 10_000


class InputField(StrEnum):
    """A field of a document."""

    URL = "url"
    TITLE = "title"
    TEXT = "text"
    AUTHOR = "author"
    PUBLISHED_AT = "published_at"
    SOURCE = "source"
    LANGUAGE = "language"
    HTML = "html"


MEANINGS: Final = {
    InputField.URL: "address of the article, http(s); without one a text is known by its words",
    InputField.TITLE: "headline",
    InputField.TEXT: "the article, a paragraph a line",
    InputField.AUTHOR: "who wrote it; several parted by commas",
    InputField.PUBLISHED_AT: "instant or day of publication: 2022-01-05T10:00:00Z, 2022-01-05, or as people write it",
    InputField.SOURCE: "outlet: its id, name or domain; an unknown one is made",
    InputField.LANGUAGE: "en, ru, kk-Latn or a name such as Russian; else it is detected from the text",
    InputField.HTML: "the page as fetched, instead of title and text",
}
ADDRESS: Final = "address"
"""Canonical URL of an article from a feed without an address of its own; in our own exports only."""

SOURCE_NAME: Final = "source_name"
"""Display name of the outlet; in our own exports only."""

_OTHER_NAMES: Final = {
    InputField.TEXT: "body content contents article_text article_body full_text fulltext plain_text"
    " текст содержание статья тело metin içerik matn мәтін",
    InputField.TITLE: "headline heading subject caption заголовок название başlık sarlavha тақырып",
    InputField.URL: "link address href uri permalink web_address article_url page_url ссылка адрес bağlantı havola",
    InputField.AUTHOR: "byline by authors creator writer journalist автор авторы yazar yazarlar muallif",
    InputField.PUBLISHED_AT: "date published publish_date published_date publication_date pub_date pubdate published_on"
    " date_published datetime timestamp time дата дата_публикации опубликовано tarih sana күні",
    InputField.SOURCE: "outlet publisher publication media media_name site website domain newspaper journal"
    " источник издание сми kaynak gazete manba дереккөз",
    InputField.LANGUAGE: "lang locale язык dil til тіл тил",
    InputField.HTML: "page raw_html content_html html_content body_html",
}
_TEXTS: Final = frozenset({InputField.TEXT, InputField.HTML})
_MEANT: Final = {name: one for one, names in _OTHER_NAMES.items() for name in names.split()}
_OF_EXPORTS: Final = frozenset(column.name for column in (*ARTICLES, *WITH_TEXT))
_SURELY_OURS: Final = frozenset({"article_id", "url", "source", "collected_at", "cluster_id", "canonical_url"})
_ENTRY: Final = re.compile(r"urn:steppewatch:entry:[0-9a-f]{32}")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


class BadMapping(ValueError):
    """An unknown field in `--map`; the message suggests a similar one."""


def plain_name(name: str) -> str:
    """Return the name of a column in normal form: `Published At` is `published_at`."""
    return re.sub(r"[\W_]+", "_", name.strip()[:100].casefold()).strip("_")


def nearest_field(name: str) -> InputField | None:
    """Return the field most similar to a name."""
    plain = plain_name(_HUMP.sub("_", name[:100]))
    if plain in _MEANT:
        return _MEANT[plain]
    near = get_close_matches(plain, [*InputField, *_MEANT], n=1, cutoff=0.75)
    return None if not near else _MEANT.get(near[0]) or InputField(near[0])


def parse_mapping(pairs: Iterable[str]) -> dict[InputField, str]:
    """Return the column of each field from pairs such as `text=body`. Raises BadMapping."""
    mapping: dict[InputField, str] = {}
    for pair in pairs:
        name, sign, column = (part.strip() for part in pair.partition("="))
        if not sign or not name or not column:
            raise BadMapping(f"{pair[:80]!r} is not like text=body: the field, then the column")
        if name not in [*InputField]:
            meant = nearest_field(name)
            turned = f": the field comes first, {column}={name}" if column in [*InputField] else ""
            raise BadMapping(
                f"{name[:40]!r} is no field"
                + (turned or (f"; did you mean {meant}?" if meant else f"; there are {', '.join(InputField)}"))
            )
        if InputField(name) in mapping:
            raise BadMapping(f"the field {name} is given twice")
        mapping[InputField(name)] = column
    return mapping


@dataclass(frozen=True, slots=True)
class ColumnPositions:
    """Positions of the fields in the rows of one CSV file."""

    of: Mapping[InputField, int]
    width: int
    is_ours: bool
    """True for an export of ours, whose texts are guarded against spreadsheets."""
    ours: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """Positions of columns that only our own exports have."""

    def read_fields(self, cells: Sequence[str], *, lines: int) -> dict[str, Any] | str:
        """Return the fields of a row, an empty one as None; or a readable reason why the row is unreliable."""
        is_short = len(cells) < self.width and lines > 1  # a quote may have swallowed a line
        if is_short or any(map(str.strip, cells[self.width :])):
            return f"{len(cells)} cells, where the header has {self.width}"
        values = {one: cells[at] for one, at in self.of.items() if at < len(cells)}
        if self.is_ours:
            values = {one: _unguarded(cell) for one, cell in values.items()}
        fields: dict[str, Any] = {one: cell if cell.strip() else None for one, cell in values.items()}
        own = {name: cells[at] for name, at in self.ours.items() if at < len(cells)}
        if _ENTRY.fullmatch(own.get("canonical_url", "")):
            fields[ADDRESS] = own["canonical_url"]
        if name := own.get(SOURCE_NAME):
            fields[SOURCE_NAME] = _unguarded(name)
        return fields


def _unguarded(cell: str) -> str:
    """Return a cell of our own export in its original form, unless a person has edited it."""
    text = unguard(cell)
    return text if guard(text) == cell else cell


@dataclass(slots=True, kw_only=True)
class Columns:
    """Mapping of columns to fields; reports each unknown column once."""

    mapping: Mapping[InputField, str] = dataclasses.field(default_factory=dict)
    note: Note = lambda message: None
    _known: frozenset[str] = frozenset()
    _unknown: set[str] = dataclasses.field(default_factory=set)
    _untold: int = 0

    def __post_init__(self) -> None:
        """Collect the names that need no report."""
        self._known = _OF_EXPORTS.union(InputField, self.mapping.values(), ["file"])

    def of_object(self, name: str, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of a line of JSON; `name` is its file's display name."""
        if new := record.keys() - self._known - self._unknown:
            self._tell(name, "field", sorted(new))
        return {one: record.get(self.mapping.get(one, one), record.get(one)) for one in InputField}

    def of_header(self, name: str, header: Sequence[str]) -> ColumnPositions | str:
        """Return the positions of the fields in a CSV; or a readable reason why no article can be read."""
        names = [cell.strip() for cell in header]
        found = {one: self._find(name, names, one) for one in InputField}
        several = next((at for at in found.values() if len(at) > 1), None)
        if several:
            return f"{len(several)} columns are called {names[several[0]][:40]!r}"
        of = {one: at[0] for one, at in found.items() if at}
        others = [cell for at, cell in enumerate(names) if cell and at not in of.values() and cell not in self._known]
        # with a title alone, texts under another name would be lost
        has_text = not of.keys().isdisjoint(_TEXTS)
        has_other = any(_MEANT.get(plain_name(cell)) in _TEXTS for cell in others)
        if not has_text and (has_other or InputField.TITLE not in of):
            return _why_unreadable(others, "text" if InputField.TITLE in of else "title or text")
        self._tell(name, "column", [cell for cell in dict.fromkeys(others) if cell not in self._unknown])
        is_ours = _SURELY_OURS.issubset(names)
        own: dict[str, int] = {
            name: names.index(name) for name in ("canonical_url", SOURCE_NAME) if is_ours and name in names
        }
        return ColumnPositions(of, len(header), is_ours, own)

    def _find(self, name: str, names: Sequence[str], one: InputField) -> list[int]:
        """Return the positions of a field's columns; a column mapped by the user takes precedence."""
        column = self.mapping.get(one)
        if column is None:
            return _called(names, one)
        if not (found := _called(names, column)):
            self.note(f"{name}: there is no column {column[:40]!r}, which --map takes as {one}")
        return found or _called(names, one)

    def tell_rest(self) -> None:
        """Report the number of unknown fields beyond the limit."""
        if self._untold:
            self.note(f"… and {self._untold:,} more fields that are not known and left out")
            self._untold = 0

    def _tell(self, name: str, kind: str, unknown: Sequence[str]) -> None:
        for one in unknown:
            if len(self._unknown) >= MOST_TOLD:
                self._untold += 1
            else:
                self.note(f"{name}: the {kind} {one[:40]!r} is not known and left out; {_advice(one)}")
            if len(self._unknown) < _MOST_REMEMBERED:
                self._unknown.add(one)


def _called(names: Sequence[str], wanted: str) -> list[int]:
    """Return the positions of columns with a name: exactly this one, else one that differs in case and signs."""
    exact = [at for at, name in enumerate(names) if name == wanted]
    return exact or [at for at, name in enumerate(names) if plain_name(name) == plain_name(wanted)]


def _advice(name: str) -> str:
    shown = shlex.quote(name[:40])
    meant = nearest_field(name)
    return f"--map {meant}={shown} takes it as the {meant}" if meant else f"--map field={shown} takes it as one"


def _why_unreadable(names: Sequence[str], wanted: str) -> str:
    """Return that no column holds an article, and how to map one."""
    if not names:
        return f"no column is called {wanted}; the first line must name the columns"
    shown = ", ".join(repr(name[:40]) for name in names[:8])
    meant = {nearest_field(name): name[:40] for name in reversed(names)}
    maps = " ".join(f"--map {one}={shlex.quote(meant[one])}" for one in InputField if one in meant)
    if not meant.keys() & {InputField.TITLE, InputField.TEXT}:
        maps = f"--map text=COLUMN {maps}".strip()
    return f"no column is called {wanted}, but {shown}: say which with {maps}"
