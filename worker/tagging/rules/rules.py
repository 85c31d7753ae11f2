"""Decision which hits of an article are meant: context, full names, vetoes, shared aliases, the longest of several.

The rules consider the article as a whole: a name in the title may confirm a bare surname in the text. The vocabulary
declares the decisions; no entity has rules in code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from db.enums.vocabulary import EntityType, MentionRule
from worker.tagging.aliases.forms import SMALL, Form, Hit, ruled
from worker.tagging.context import AGAINST, FOR, OFFICE, ArticleContext
from worker.tagging.rules.acronyms import Defined
from worker.tagging.rules.following import ruled_out
from worker.tagging.rules.overlaps import holds_inner, longest, overlapping, swallows, without_decoys
from worker.tagging.rules.people import People
from worker.tagging.rules.small_letters import never_counts, says_case_nothing, small_rule
from worker.tagging.rules.witnesses import Witnesses
from worker.tagging.vetoes import Veto
from worker.vocabulary.entities import DECOY, Vocabulary
from worker.vocabulary.languages.usage import Usage
from worker.vocabulary.offices import holds_office


class NearMiss(NamedTuple):
    """A name in a field that does not count, with the deciding veto."""

    field: str
    start: int
    end: int
    form: Form
    veto: Veto


class Knot(NamedTuple):
    """Hits of a field connected by overlaps that can only be settled with the whole article."""

    field: int
    certain: list[Hit]
    doubtful: list[Hit]


def decide(
    article: ArticleContext,
    hits: Sequence[Sequence[Hit]],
    usage: Usage,
    vocabulary: Vocabulary,
    trace: list[NearMiss] | None = None,
) -> list[list[Hit]]:
    """Return, field by field, the hits that count among the sorted ones, longer before shorter at one position.

    First every knot of overlapping hits is settled by its certain ones; then, with the certain names of the article,
    those knots that contain a doubtful hit or an alias of several entities. Hits that do not count are added to
    `trace`.
    """
    return _Decision(article, usage, vocabulary, trace).counted(hits)


class _Decision:
    """The state of deciding the hits of one article."""

    def __init__(
        self, article: ArticleContext, usage: Usage, vocabulary: Vocabulary, trace: list[NearMiss] | None
    ) -> None:
        self.article = article
        self.fields = article.fields
        self.usage = usage
        self.vocabulary = vocabulary
        self.trace = trace

    @cached_property
    def people(self) -> People:
        return People(self.article, self.usage, self.vocabulary.given)

    def counted(self, hits: Sequence[Sequence[Hit]]) -> list[list[Hit]]:
        if "(" in self.article.text:
            hits = self._with_defined(hits)
        settled: list[list[Hit]] = [[] for _ in self.fields]
        knots = [knot for at, of_part in enumerate(hits) for knot in self._settle(at, of_part, settled[at])]
        if not knots:
            return self._without_strangers(settled)
        sure = [list(of_part) for of_part in settled]
        for knot in knots:
            sure[knot.field].extend(longest(knot.certain))
        witnesses = Witnesses(self.article, sure)
        for knot, vouched in zip(knots, self._vouched(knots, witnesses), strict=True):
            known = sorted([*knot.certain, *vouched]) if vouched else knot.certain
            settled[knot.field].extend(self._kept(knot.field, self._unshared(knot.field, known, witnesses)))
        return self._without_strangers([sorted(of_part) for of_part in settled])

    def _without_strangers(self, settled: list[list[Hit]]) -> list[list[Hit]]:
        """Return the hits without surnames of people in the article who are missing in the vocabulary."""
        if "people" not in self.__dict__ or not self.people.has_strangers:
            return settled
        theirs = self.people.strangers_own(settled)
        for at, hit in theirs:
            self._miss(at, hit, Veto.OTHER_PERSON)
        return [[hit for hit in of_part if (at, hit) not in theirs] for at, of_part in enumerate(settled)]

    def _miss(self, at: int, hit: Hit, veto: Veto) -> None:
        if self.trace is not None:
            self.trace.append(NearMiss(self.fields[at].name, hit.start, -hit.minus_end, hit.form, veto))

    def _with_defined(self, hits: Sequence[Sequence[Hit]]) -> Sequence[Sequence[Hit]]:
        """Return the hits with the acronyms that the article defines, and without their other meanings."""
        defined = Defined(self.fields, hits)
        if not defined.forms:
            return hits
        merged: list[list[Hit]] = []
        for at, (part, of_part) in enumerate(zip(self.fields, hits, strict=True)):
            kept: list[Hit] = []
            for hit in of_part:
                acronym = part.text[hit.start : -hit.minus_end - len(hit.ending)]
                if acronym not in defined.forms:
                    kept.append(hit)
                elif (form := defined.forms[acronym]) is not None and form.entity.id == hit.entity:
                    kept.append(hit._replace(rule=MentionRule.DEFINED))
                else:
                    self._miss(at, hit, Veto.DEFINED)
            known = {hit.start for hit in kept if hit.rule}
            kept.extend(hit for hit in defined.hits(part) if hit.start not in known)
            merged.append(sorted(kept))
        return merged

    def _possible(self, at: int, hits: Sequence[Hit]) -> Sequence[Hit]:
        """Return the hits except those ruled out by the following words (another place, or a son of the same name)."""
        vetoed = ruled_out(self.fields[at].text, hits, self.vocabulary.regions)
        for hit, veto in vetoed.items():
            self._miss(at, hit, veto)
        return [hit for hit in hits if hit not in vetoed] if vetoed else hits

    def _settle(self, at: int, hits: Sequence[Hit], settled: list[Hit]) -> list[Knot]:
        """Add to `settled` the hits that can be settled alone; return the other knots of the sorted hits."""
        if not hits:
            return []
        open_knots: list[Knot] = []
        hits = self._possible(at, hits)
        for together in overlapping(hits, settled):
            if len(together) > 1:
                if self.trace is None and swallows(together):
                    settled.append(together[0])
                    continue
                if holds_inner(together):
                    settled.extend(together)
                    continue
                together, vetoed = without_decoys(together)
                for hit in vetoed:
                    self._miss(at, hit, Veto.DECOY)
            certain: list[Hit] = []
            doubtful: list[Hit] = []
            for hit in together:
                if (is_certain := self._is_certain(at, hit, hits)) is not None:
                    (certain if is_certain else doubtful).append(hit)
            if doubtful or (len(certain) > 1 and len({hit[:2] for hit in certain}) < len(certain)):
                open_knots.append(Knot(at, certain, doubtful))
            else:
                settled.extend(certain if len(certain) < 2 else self._kept(at, certain))
        return open_knots

    def _is_certain(self, at: int, hit: Hit, hits: Sequence[Hit]) -> bool | None:
        """Return whether a hit is certain; None for one that surely does not count."""
        form = hit.form
        if hit.is_plain:
            return True
        if form.is_suspect:
            if form.alias.level == DECOY:
                return None
            if hit.rule:
                return True
            if self._is_vetoed(at, hit, hits):
                return None
        elif hit.rule:
            return True
        if hit.sort != SMALL:
            return not form.alias.needs_context and not says_case_nothing(self.article, self.fields[at], hit)
        if never_counts(self.article, self.fields[at], hit):
            self._miss(at, hit, Veto.CASE)
            return None
        return False

    def _is_vetoed(self, at: int, hit: Hit, hits: Sequence[Hit]) -> bool:
        form = hit.form
        if form.is_bare and self.people.is_stranger(at, hit, hits):
            self._miss(at, hit, Veto.OTHER_PERSON)
            return True
        if not self.article.against or not form.entity.context_none:
            return False
        if not (form.is_single or form.alias.needs_context):
            return False
        offset = self.fields[at].offset
        if not self.article.is_near(form.entity, AGAINST, offset + hit.start, offset - hit.minus_end):
            return False
        self._miss(at, hit, Veto.AGAINST)
        return True

    def _vouched(self, knots: Sequence[Knot], witnesses: Witnesses) -> list[list[Hit]]:
        """Return for each knot its doubtful hits with evidence, and the evidence."""
        named = witnesses.named
        rules = [[self._rule(knot, hit, named, witnesses) for hit in knot.doubtful] for knot in knots]
        judged = list(zip(knots, rules, strict=True))
        in_office = {hit.entity for hit, rule in _pairs(judged) if rule == OFFICE}
        for knot, own in judged if in_office else ():
            for number, hit in enumerate(knot.doubtful):
                if not own[number] and hit.entity in in_office:
                    own[number] = self._rule(knot, hit, in_office, witnesses)
        entities = named | {hit.entity for hit, rule in _pairs(judged) if rule}
        vouched: list[list[Hit]] = []
        for knot, own in judged:
            vouched.append([])
            for hit, rule in zip(knot.doubtful, own, strict=True):
                if rule and not (rule == MentionRule.CAPITALS and len(entities) < 2):
                    vouched[-1].append(ruled(hit, rule))
                elif self.trace is not None:
                    self._miss(
                        knot.field, hit, Veto.from_value(rule) if rule else self._why_not(knot.field, hit, witnesses)
                    )
        return vouched

    def _is_in_office(self, knot: Knot, hit: Hit) -> bool:
        """Return whether the bearer of a surname held an office on the article's day, unlike its usual bearer."""
        day = self.article.day
        if day is None or not hit.form.is_bare or not holds_office(hit.form.entity, day):
            return False
        rivals = [one.form for one in knot.certain if one[:2] == hit[:2]]
        return bool(rivals) and all(form.is_bare and not holds_office(form.entity, day) for form in rivals)

    def _rule(self, knot: Knot, hit: Hit, named: set[str], witnesses: Witnesses) -> str:
        if self._is_in_office(knot, hit):
            return MentionRule.OFFICE
        form, at = hit.form, knot.field
        if hit.sort == SMALL:
            return small_rule(self.article, self.fields[at], hit, named)
        if not form.alias.needs_context:
            return MentionRule.CAPITALS
        if form.alias.case_sensitive and says_case_nothing(self.article, self.fields[at], hit):
            return ""  # THIS IS is about no entity, regardless of the context
        entity = form.entity
        part = self.fields[at]
        start, end = part.offset + hit.start, part.offset - hit.minus_end
        if entity.type == EntityType.PERSON and self.people.is_another(part, hit, witnesses):
            return ""
        needs_name = entity.surname_rule or form.alias.is_surname
        if entity.context_any and not needs_name and self.article.is_near(entity, FOR, start, end):
            return MentionRule.CONTEXT
        if (entity.office or entity.offices) and self.article.is_near(entity, OFFICE, start, end):
            return MentionRule.OFFICE
        return MentionRule.FULL_NAME if hit.entity in named else ""

    def _why_not(self, at: int, hit: Hit, witnesses: Witnesses) -> Veto:
        if hit.sort == SMALL:
            return Veto.CASE
        is_other = hit.form.entity.type == EntityType.PERSON and self.people.is_another(self.fields[at], hit, witnesses)
        return Veto.OTHER_PERSON if is_other else Veto.NO_CONTEXT

    def _unshared(self, at: int, found: Sequence[Hit], witnesses: Witnesses) -> list[Hit]:
        """Return the sorted hits with one entity for each span: the one with most evidence in the article."""
        if len(found) < 2:
            return list(found)
        chosen: list[Hit] = []
        for _, same in groupby(found, key=lambda one: one[:2]):
            rivals = list(same)
            if len({one.entity for one in rivals}) > 1:
                decides = witnesses.bearing if all(one.form.is_bare for one in rivals) else witnesses.closeness
                best = min(rivals, key=lambda one: decides(self.fields[at], one))
                for one in rivals:
                    if one is not best:
                        self._miss(at, one, Veto.NEAREST)
                rivals = [ruled(best, MentionRule.NEAREST)]
            chosen.extend(rivals)
        return chosen

    def _kept(self, at: int, found: list[Hit]) -> list[Hit]:
        kept = longest(found)
        if self.trace is not None:
            remaining = set(kept)
            for hit in found:
                if hit not in remaining:
                    self._miss(at, hit, Veto.LONGEST)
        return kept


def _pairs(judged: Sequence[tuple[Knot, list[str]]]) -> Iterator[tuple[Hit, str]]:
    return ((hit, rule) for knot, own in judged for hit, rule in zip(knot.doubtful, own, strict=True))
