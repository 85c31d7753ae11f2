"""Names without their capitals, where kazakhstan, csto and Nato are names; and capitals that are no evidence."""

from __future__ import annotations

from collections.abc import Container

from db.enums.vocabulary import EntityType, MentionLevel, MentionRule
from worker.tagging.aliases.forms import SMALL, Hit
from worker.tagging.context import ArticleContext, Field
from worker.text.letters import APOSTROPHES

_SHORT = 3
_FEW = 12
_LONG = 4
_HASHES = ("#", "＃")
_BODIES = frozenset(
    (
        EntityType.STATE,
        EntityType.ALLIANCE,
        EntityType.ORGANISATION,
        EntityType.PLACE,
        EntityType.REGION,
        EntityType.COMPANY,
    )
)


def small_rule(article: ArticleContext, part: Field, hit: Hit, named: Container[str]) -> str:
    """Return the rule by which a name in small letters counts, "" if other evidence is against it.

    Capitals are missing in a line without any, and after #. In other lines a long acronym, in small letters or the
    house style of newspapers (Nato), and a long name of a state or body are still no words of a language; those that
    are, turkey and mit, are marked as common in the vocabulary.
    """
    if never_counts(article, part, hit):
        return ""
    form = hit.form
    if _lacks_capitals(article, part, hit):
        return MentionRule.CAPITALS if form.alias.is_common else SMALL
    is_long = form.is_acronym or len(form.letters) > _LONG
    return SMALL if (is_long and form.entity.type in _BODIES) or hit.entity in named else ""


def never_counts(article: ArticleContext, part: Field, hit: Hit) -> bool:
    """Return whether a name in small letters never counts, regardless of the other names in the article."""
    form = hit.form
    alias, is_short = form.alias, form.is_acronym and len(form.letters) <= _SHORT
    if alias.needs_context or (is_short and (alias.is_common or hit.ending)):
        return True
    before = part.text[hit.start - 1 : hit.start]
    if before and before in APOSTROPHES:
        return True
    return (alias.is_common or is_short or alias.level != MentionLevel.NAME) and not _lacks_capitals(article, part, hit)


def _lacks_capitals(article: ArticleContext, part: Field, hit: Hit) -> bool:
    """Return whether a name is in small letters where capitals are missing: after #, or in a line without any."""
    if part.text[hit.start].isupper():
        return False
    return part.text[hit.start - 1 : hit.start] in _HASHES or article.is_small(part.offset + hit.start)


def says_case_nothing(article: ArticleContext, part: Field, hit: Hit) -> bool:
    """Return whether the capital, which distinguishes Turkey from turkey, is no evidence because the whole line has
    them.
    """
    form = hit.form
    if not form.may_lose_case:
        return False
    text, start = part.text, hit.start
    is_upper = text[start + 1 : start + 2].isupper() and not _goes_on_small(text, -hit.minus_end)
    if is_upper and article.is_capitals(part.offset + start):
        return True
    return form.alias.is_common and not form.is_acronym and article.is_title(part.offset + start)


def _goes_on_small(text: str, end: int) -> bool:
    """Return whether the next few letters of the line, if any, are small."""
    after = text[end : end + _FEW]
    return after.islower() and "\n" not in after
