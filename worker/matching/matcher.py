"""The chain's last stage: matching a batch with subscriptions, and deciding which matches are news.

`SubscriptionMatcher` matches all subscriptions against articles between the two transactions of a batch;
`record_matches` writes the results in the second one, when the stories of the articles are known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from db.alerts import matches, outbox, subscriptions
from db.alerts.matches import Earlier, Fact, MatchIn
from db.alerts.subscriptions import SubscriptionRow
from db.articles.mentions import MentionIn
from db.articles.texts import StoredMention, TextRow, read_texts
from db.enums.alerts import SubscriptionKind, SubscriptionState
from db.outcomes import ProblemSeen
from worker.matching.alert_status import AlertPolicy, decide_alert_status
from worker.matching.article_view import to_article
from worker.messages.because import Because, to_stored_terms
from worker.presearch.presearch import Presearcher
from worker.query.query import QueryError, QueryNames, parse_stored
from worker.vocabulary.entities import Vocabulary


@dataclass(frozen=True, slots=True)
class MatchesFound:
    """The subscriptions matched by revisions, with the reasons: revision id → subscription id → the matched words."""

    found: Mapping[int, Mapping[int, Because]] = field(default_factory=dict)
    rules: Mapping[int, AlertPolicy] = field(default_factory=dict)


class SubscriptionMatcher:
    """All active subscriptions in one process, kept up to date by their version. Not shared between threads."""

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        """`vocabulary` is the current one: queries refer to its entities by name."""
        self._presearcher: Presearcher[int] = Presearcher()
        self._known = QueryNames.of(vocabulary) if vocabulary else None
        self._types = {entity.id: entity.type for entity in vocabulary.entities} if vocabulary else {}
        self._rules: dict[int, AlertPolicy] = {}
        self._version = 0

    def refresh(self, conn: Connection) -> list[ProblemSeen]:
        """Load the changes since the last time; return the queries that cannot be read any more."""
        if subscriptions.latest_version(conn) <= self._version:
            return []
        saved = subscriptions.saved_queries(conn)
        changes = subscriptions.iter_changes(conn, after=self._version)
        problems = [problem for row in changes if (problem := self._take(row, saved))]
        self._version = changes[-1].version
        return problems

    def _take(self, row: SubscriptionRow, saved: Mapping[str, str]) -> ProblemSeen | None:
        if row.id in self._rules:
            self._presearcher.remove(row.id)
            del self._rules[row.id]
        if row.state != SubscriptionState.ACTIVE or row.kind != SubscriptionKind.QUERY:
            return None
        try:
            query, wrong = parse_stored(row.query, saved, self._known)
        except QueryError as error:
            return ProblemSeen(f"alert {row.name}", f"its query cannot be read and matches nothing: {error}")
        self._presearcher.add(row.id, query)
        self._rules[row.id] = AlertPolicy(timedelta(hours=row.max_age_h), row.on_revision)
        return ProblemSeen(f"alert {row.name}", f"its query keeps its old meaning, but {wrong}") if wrong else None

    def read(self, conn: Connection, revision_ids: Sequence[int]) -> list[TextRow]:
        """Return the texts of revisions for `ask`; none without subscriptions."""
        return read_texts(conn, revision_ids) if self._rules else []

    def match(self, texts: Sequence[TextRow], mentions: Mapping[int, Sequence[MentionIn]]) -> MatchesFound:
        """Return the matches of revisions; `mentions` are those of each."""
        found = {}
        for row in texts:
            article = to_article(row, self._typed(mentions[row.revision_id]))
            hits = self._presearcher.matches(article)
            found[row.revision_id] = {key: to_stored_terms(verdict) for key, verdict in hits.items()}
        return MatchesFound(found, dict(self._rules)) if texts else MatchesFound()

    def _typed(self, mentions: Sequence[MentionIn]) -> Iterator[StoredMention]:
        for found in mentions:
            kind = self._types.get(found.entity_id, "")
            yield StoredMention(
                field=found.field,
                start=found.start,
                end=found.end,
                entity_id=found.entity_id,
                type=kind,
                level=found.level,
            )


def record_matches(conn: Connection, hits: MatchesFound, done: Collection[int], *, now: datetime) -> int:
    """Store the matches of revisions that are finished here, and the resulting outbox entries; return their number.

    Call it when clusters are stored and their articles locked: then of two workers with two copies of a story the
    second sees the match of the first.
    """
    hit = {key for revision_id in done for key in hits.found.get(revision_id, ())}
    if not hit and not any(rule.on_revision for rule in hits.rules.values()):
        return 0
    facts = matches.read_facts(conn, done)
    candidates = _find_candidates(conn, hits, hit, facts.values())
    if not candidates:
        return 0
    stories = _Stories(matches.find_earlier(conn, candidates, {fact.cluster_id for fact in facts.values()}))
    stored = []
    for fact in sorted(facts.values(), key=_originals_first):
        because = hits.found.get(fact.revision_id, {})
        for key in sorted(candidates & hits.rules.keys()):
            match = _match(fact, key, hits.rules[key], because.get(key), stories)
            match_id = matches.record_match(conn, match, now=now) if match else None
            if match is not None and match_id is not None:
                stories.add(match_id, match, fact)
                stored.append((match_id, key, match.status))
    outbox.post(conn, stored, now=now)
    return len(stored)


def _find_candidates(conn: Connection, hits: MatchesFound, hit: set[int], facts: Collection[Fact]) -> set[int]:
    """Return the subscriptions that matched, and those to revisions that may have matched before an edit."""
    edited = [fact.article_id for fact in facts if not fact.is_first]
    watchers = matches.find_watchers(conn, edited) if edited else set()
    return hit | {key for key in watchers if key in hits.rules and hits.rules[key].on_revision}


def _originals_first(fact: Fact) -> tuple[bool, int]:
    return fact.article_id != fact.cluster_id, fact.revision_id


def _match(fact: Fact, key: int, rule: AlertPolicy, because: Because | None, stories: _Stories) -> MatchIn | None:
    terms = None if because is None else matches.list_fired_terms(because)
    ruling = decide_alert_status(fact, rule, terms, stories.of(key, fact.cluster_id))
    if ruling is None:
        return None
    return MatchIn(
        subscription_id=key,
        event=f"revision {fact.revision_id}",
        status=ruling.status,
        article_id=fact.article_id,
        revision_id=fact.revision_id,
        item_id=ruling.item_id,
        because=because or (),
    )


class _Stories:
    """The matches of each subscription in each story, as they grow within a batch."""

    def __init__(self, earlier: Sequence[Earlier]) -> None:
        self._matches: dict[tuple[int, int], list[Earlier]] = {}
        for match in earlier:
            self._matches.setdefault((match.subscription_id, match.cluster_id), []).append(match)

    def of(self, subscription_id: int, cluster_id: int) -> Sequence[Earlier]:
        """Return the matches, the oldest first."""
        return self._matches.get((subscription_id, cluster_id), ())

    def add(self, match_id: int, match: MatchIn, fact: Fact) -> None:
        """Add a match."""
        key = (match.subscription_id, fact.cluster_id)
        terms = matches.list_fired_terms(match.because)
        known = Earlier(
            id=match_id,
            subscription_id=match.subscription_id,
            article_id=fact.article_id,
            cluster_id=fact.cluster_id,
            status=match.status,
            item_id=match.item_id,
            terms=terms,
        )
        self._matches.setdefault(key, []).append(known)
