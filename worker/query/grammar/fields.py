"""Fields before a colon, their nesting, and the spelling of their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from worker.query.errors import QueryError
from worker.query.names import did_you_mean, nearest
from worker.query.nodes import TAG_FIELDS, TEXT_FIELDS, VALUE_FIELDS, LetterCase, QueryField

CASES = {"case": LetterCase.EXACT, "name": LetterCase.NAME}
_NAMES_OF_CASE: Mapping[str, str] = {value: key for key, value in CASES.items()}
FIELDS = (*TEXT_FIELDS, *CASES, *TAG_FIELDS, *VALUE_FIELDS, QueryField.SAVED, QueryField.DATE)
_OTHER_NAMES = {
    "title:": "headline intitle allintitle inheadline subject headlines",
    "lead:": "ingress hlead intro",
    "body:": "text content intext allintext inbody fulltext maintext",
    "author:": "byline authorname authorshort creator by",
    "source:": "outlet site domain domainurl host url inurl allinurl publication publisher sourcename",
    "lang:": "language inlanguage",
    "country:": "location geo sourcecountry loc place",
    "date:": "published daterange pubdate publishdate",
    "date>=2022-01-05": "after since",
    "date<2022-01-05": "before until",
    "saved:": "search savedsearch",
    "entity:": "company person organization organisation topic",
}
"""Fields of other tools and their equivalents here."""
_FORM_OF = {name: form for form, names in _OTHER_NAMES.items() for name in names.split()}
_UNKNOWN_HERE = frozenset(("sentiment", "reach", "engagement", "followers", "likes", "readership", "rank", "wordcount"))
_UNKNOWN_HERE |= {"cache", "related", "filetype", "ext", "define", "inanchor", "link", "mediatype", "sourcetype"}


@dataclass(frozen=True, slots=True)
class FieldScope:
    """The fields before a group, for the words in it."""

    field: str = ""
    """One of TEXT_FIELDS, TAG_FIELDS and VALUE_FIELDS, or saved."""
    tagged_in: str = ""
    """The text field before entity: or type:."""
    case: str = ""

    @property
    def takes_values(self) -> bool:
        """True if the content is a value or a name, which is not searched in texts."""
        return self.field in (*TAG_FIELDS, *VALUE_FIELDS, QueryField.SAVED)

    def narrowed(self, name: str, position: int) -> FieldScope:
        """Return the scope after one more field; raises QueryError for an unknown or misplaced one."""
        field = name.lower()
        if field in CASES and not self.case:
            return replace(self, case=CASES[field])
        if field in TAG_FIELDS and self.field in ("", *TEXT_FIELDS[:3]) and not self.case:
            return replace(self, field=field, tagged_in=self.field)
        if field in FIELDS and field not in CASES and not self.field and not self.case and field != QueryField.DATE:
            return replace(self, field=field)
        if field in FIELDS:
            before = self.field or _NAMES_OF_CASE.get(self.case, "")
            hint = f"join them with AND: {before}:… AND {field}:…"
            raise QueryError(f"{field}: cannot stand inside {before}:", position, hint)
        raise QueryError(f"there is no field {name}:", position, _meant(field))


def _meant(field: str) -> str:
    """Return a suggestion for an unknown field."""
    if field in _UNKNOWN_HERE:
        return "leave it out: articles have no such field here"
    meant = [_FORM_OF[field]] if field in _FORM_OF else [f"{one}:" for one in nearest(field, FIELDS)]
    hint = did_you_mean(meant) or f"fields are {', '.join(f'{one}:' for one in FIELDS)}"
    return f"{hint}; put quotes around text with a colon"


ANYWHERE: Final = FieldScope()
