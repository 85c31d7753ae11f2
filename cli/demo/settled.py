"""The outcomes of a demo run: of each article, and of each stage compared with its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cli.demo.outlets import DemoArticle
from cli.demo.server import Served
from cli.demo.store import Knowledge
from cli.demo.web import DemoWeb
from db.enums.collection import PageState
from db.enums.outcomes import CountedOutcome, InputOutcome, RequestOutcome, Stage
from db.net.urls import canonical_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The outcome of one entry of a feed."""

    url: str
    title: str
    outcome: CountedOutcome
    """That of its input; `refused` without one, or `missing` if it did not arrive."""
    remark: str
    """The original of a reprint, the number of texts, or the reason of a refusal."""
    as_written: bool
    """True if the store agrees with the demo's files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletEnding:
    """An outlet and the outcomes of its articles, by date."""

    id: str
    name: str
    language: str
    trouble: str
    """The error of its feed, or empty."""
    endings: tuple[Ending, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """The inputs and outcomes of a stage."""

    stage: Stage
    served: int
    outcomes: Mapping[str, int]

    @property
    def is_even(self) -> bool:
        """Return whether each input has one outcome."""
        return self.served == sum(self.outcomes.values())


def endings(web: DemoWeb, before: Knowledge, after: Knowledge) -> list[OutletEnding]:
    """Return the outcomes of all articles, for a run that started from the state `before`."""
    names = {
        canonical_url(web.filed_at(outlet, article)): f"{outlet.id}/{article.slug}"
        for outlet in web.outlets
        for article in outlet.articles
    }
    return [
        OutletEnding(
            id=outlet.id,
            name=outlet.name,
            language=outlet.language,
            trouble=after.feeds.get(_known_at(web, web.feed_url(outlet), after)) or "",
            endings=tuple(
                _ending(canonical_url(web.filed_at(outlet, article)), article, names, before, after)
                for article in reversed(outlet.articles)
            ),
        )
        for outlet in web.outlets
    ]


def _known_at(web: DemoWeb, url: str, known: Knowledge) -> str:
    """Return the URL at which a feed is polled."""
    moved = web.moved_feeds().get(url, url)
    return moved if moved in known.feeds else url


def accounts(served: Served, outcomes: Iterable[tuple[str, str, int]]) -> list[Account]:
    """Return the account of each stage; `outcomes` are (stage, outcome, inputs) of the same period."""
    by_stage: dict[str, dict[str, int]] = {}
    for stage, outcome, inputs in outcomes:
        by_stage.setdefault(stage, {})[outcome] = inputs
    ins = {
        Stage.POLL: served.polls,
        Stage.ENTRY: served.entries,
        Stage.FETCH: served.pages,
        Stage.UNDERSTAND: served.texts,
    }
    return [Account(stage, count, by_stage.get(stage, {})) for stage, count in ins.items()]


def _ending(url: str, article: DemoArticle, names: Mapping[str, str], before: Knowledge, after: Knowledge) -> Ending:
    outcome, remark = _outcome(url, article, before, after)
    filed = after.articles.get(url)
    if filed is not None and filed.original != url:
        remark = f"reprint of {names.get(filed.original, 'nothing known').partition('/')[0]}"
    return Ending(
        url=url,
        title=article.wording.title,
        outcome=outcome,
        remark=remark,
        as_written=_is_as_written(url, article, names, after),
    )


def _is_as_written(url: str, article: DemoArticle, names: Mapping[str, str], after: Knowledge) -> bool:
    filed, page = after.articles.get(url), after.pages.get(url)
    if article.leads_astray:
        return filed is None and page is not None and page.state == PageState.REFUSED
    return (
        filed is not None
        and filed.revisions == (2 if article.edited else 1)
        and names.get(filed.original) == (article.copy_of or names[url])
    )


def _outcome(url: str, article: DemoArticle, before: Knowledge, after: Knowledge) -> tuple[CountedOutcome, str]:
    page, filed, was = after.pages.get(url), after.articles.get(url), before.articles.get(url)
    if article.leads_astray and page is not None and page.state == PageState.REFUSED:
        return RequestOutcome.REFUSED, (page.error or "").removeprefix("refused: ")
    if filed is None:
        return RequestOutcome.MISSING, (page.error or page.state) if page else "its feed was not read"
    texts = f"{filed.revisions} texts so far" if filed.revisions > 1 else ""
    if was is not None and was.revisions == filed.revisions:
        return InputOutcome.SEEN_AGAIN, texts
    if filed.revisions > 1:
        return InputOutcome.REVISED, texts
    return (InputOutcome.NEW if filed.original == url else InputOutcome.COPY), ""
