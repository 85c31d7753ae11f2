"""The words of an article in the word index, and the terms that a query requires. Pure."""

from __future__ import annotations

from db.articles.word_index import AllOf, AnyOf, HasEntity, HasWord, Need
from worker.presearch.atoms import Atom, AtomKind, Group
from worker.presearch.narrow import narrow
from worker.query.joining import get_spelling
from worker.query.nodes import Query, QueryField
from worker.query.words import Words


def index_terms(title: str | None, text: str, language: str | None) -> set[str]:
    """Return the words of an article as queries see them, for the index."""
    spelling = get_spelling(language)
    return {word for part in (title or "", text) for word in Words(part, spelling).words}


def required_terms(query: Query) -> Need | None:
    """Return the terms of every match as far as the index covers them; None if any article may match."""
    needs = tuple(dict.fromkeys(need for group in narrow(query) if (need := _of_group(group)) is not None))
    return AllOf(needs) if len(needs) > 1 else needs[0] if needs else None


def _of_group(group: Group) -> Need | None:
    needs = tuple(dict.fromkeys(map(_of_atom, group)))
    known = tuple(need for need in needs if need is not None)
    if len(known) < len(needs):
        return None
    return AnyOf(known) if len(known) > 1 else known[0]


def _of_atom(atom: Atom) -> Need | None:
    """Return the terms of articles with the atom; the index does not cover by-lines, misspellings and properties."""
    if atom.kind == AtomKind.ENTITY:
        return HasEntity(atom.value)
    if atom.kind not in (AtomKind.WORD, AtomKind.PHRASE, AtomKind.LIKE) or atom.field == QueryField.AUTHOR:
        return None
    if atom.kind == AtomKind.LIKE:
        prefix = atom.value.partition("*")[0]
        return HasWord(prefix, is_prefix=True) if prefix else None
    words = tuple(map(HasWord, dict.fromkeys(atom.value.split(" "))))
    return AllOf(words) if len(words) > 1 else words[0]
