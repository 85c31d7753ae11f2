"""Advice on a feed, in plain words: its fault, its next poll, and the remedy. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cli.shared.tables import instant
from db.enums.collection import FeedKind, FeedState

if TYPE_CHECKING:
    from crawlers.discovery.trials import Trial
    from db.collection.feeds.plans import FeedPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCheck:
    """The result of checking a feed: the record that is printed, and what to do about it."""

    url: str
    title: str | None
    entries: int
    newest_at: datetime | None
    state: str
    problem: str | None = None
    next: str | None = None
    hub: str | None = None
    """A sentence on the state of its hub."""
    advice: tuple[str, ...] = ()

    @property
    def record(self) -> dict[str, object]:
        """Return the fields of the result as JSON has them."""
        plain: dict[str, object] = {
            "url": self.url,
            "title": self.title,
            "entries": self.entries,
            "newest_at": instant(self.newest_at),
            "state": self.state,
        }
        told = {"problem": self.problem, "next": self.next, "hub": self.hub}
        return plain | {name: words for name, words in told.items() if words}


def check_feed(trial: Trial, plan: FeedPlan | None, *, source_id: str | None, hub: str | None = None) -> FeedCheck:
    """Return what is told about a feed that was tried; `plan` is its row if it is collected from, `hub` its hub."""
    problems = [trial.problem] if trial.problem else []
    state = str(trial.condition)
    advice = _advise(trial, plan, source_id)
    if trial.is_usable and _is_elsewhere(trial):
        problems.append(f"it has moved to {trial.url}")
        state = "moved" if state == "works" else state
        if plan is not None:
            advice.append(f"it has moved: steppewatch source edit {source_id} --replace-feed {plan.url} {trial.url}")
    if trial.unverified:
        problems.append(f"a certificate on the way to it {trial.unverified}; it is read unverified")
        advice.append("tell the outlet about its certificate; source edit --unverified never stops reading despite it")
    if plan is not None and plan.state in (FeedState.PAUSED, FeedState.RETIRED):
        state = plan.state
        problems.insert(0, FeedState.from_value(plan.state).meaning)
        if plan.state == FeedState.PAUSED:
            advice.append(f"steppewatch source resume {source_id} --feed {plan.url} has it polled again")
    return FeedCheck(
        url=plan.url if plan else trial.asked_url,
        title=trial.title or (plan.title if plan else None),
        entries=trial.entries,
        newest_at=trial.newest_at,
        state=state,
        problem="; ".join(problems) or None,
        next=_describe_next(plan) if plan else None,
        hub=hub,
        advice=tuple(advice),
    )


def _is_elsewhere(trial: Trial) -> bool:
    """Return whether redirects led to an address that is another one, not only another spelling."""
    from crawlers.discovery.candidates import address_key

    return address_key(trial.url) != address_key(trial.asked_url)


def _describe_next(plan: FeedPlan) -> str | None:
    if plan.state in (FeedState.PAUSED, FeedState.RETIRED):
        return "it is not polled"
    because = f": {plan.next_poll_because}" if plan.next_poll_because else ""
    if plan.state == FeedState.GONE and not because:
        because = ": the server said that it is gone, so it is asked monthly"
    return f"polled again at {instant(plan.next_poll_at)}{because}"


def _advise(trial: Trial, plan: FeedPlan | None, source_id: str | None) -> list[str]:
    """Return what to do about what was found."""
    host = urlsplit(trial.asked_url).hostname or trial.asked_url
    if trial.condition == "refused":
        return [_advise_refused(trial.problem or "", host)]
    if trial.condition == "other" and trial.kind == FeedKind.SECTION:
        pattern = f"steppewatch source edit {source_id or 'ID'} --link-pattern '/news/*' --feed {trial.asked_url}"
        return [f"say what addresses of articles look like there: {pattern}"]
    if trial.condition == "other" and "whether a person asks" in (trial.problem or ""):
        return [f"nothing passes such a test: ask {host} to admit this crawler, or use another way; {_elsewhere(host)}"]
    if trial.condition == "failing" and " 429" in (trial.problem or ""):
        longer = f"steppewatch source edit {source_id} --poll-every 1h.. --feed {plan.url}" if plan else "wait an hour"
        return [f"{host} wants fewer requests; it is polled more rarely for a while. For good: {longer}"]
    if trial.condition == "failing":
        then = "it is polled again at growing intervals" if plan else "try again later"
        return [f"wait: a failure of the server or the network; {then}"]
    reason = _REASONS.get(str(trial.condition))
    return [f"{reason}; {_elsewhere(host)}"] if reason else []


_REASONS = {
    "other": "there is something else than a feed: it was moved or switched off",
    "missing": "the address is wrong or was given up",
    "stale": "the outlet has stopped, or uses another address now",
    "empty": "it may be filled later, or is not used any more",
}


def _advise_refused(problem: str, host: str) -> str:
    if "robots.txt" in problem:
        return (
            f"robots.txt of {host} does not want it collected: ask the outlet, or use another way; {_elsewhere(host)}"
        )
    if "private" in problem:
        return "the address is in a private network; STEPPEWATCH_ALLOW_PRIVATE_HOSTS opens single ones"
    return f"{host} may let readers in, but not us: if a browser shows it, ask the outlet to admit this crawler"


def _elsewhere(host: str) -> str:
    return f"steppewatch source check https://{host}/ looks for another address"
