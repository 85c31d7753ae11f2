"""Reports of a demo run, for people and scripts."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.demo.settled import Account, Ending
from cli.demo.show import Result
from cli.demo.web import DemoWeb
from cli.shared.output import emit, escape_controls
from db.enums.outcomes import CountedOutcome, InputOutcome, RequestOutcome, Stage

_STAGES = {Stage.POLL: "polls", Stage.ENTRY: "entries of feeds", Stage.FETCH: "pages", Stage.UNDERSTAND: "texts"}
_ENDED, _REMARK = 10, 34
_STYLES: Mapping[CountedOutcome, str] = {
    RequestOutcome.REFUSED: "yellow",
    InputOutcome.COPY: "cyan",
    InputOutcome.REVISED: "magenta",
}


def print_result(result: Result, console: Console) -> None:
    """Print a line per article, and the counts of all outcomes; fits into 100 columns."""
    articles = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    articles.add_column(no_wrap=True, overflow="ellipsis", width=max(20, console.width - _ENDED - _REMARK - 3))
    articles.add_column(no_wrap=True, width=_ENDED)
    articles.add_column(no_wrap=True, overflow="ellipsis", width=_REMARK)
    for outlet in result.outlets:
        articles.add_row(Text(f"{outlet.name} ({outlet.language})", style="bold"))
        if outlet.trouble:
            articles.add_row(Text(f"  its feed: {outlet.trouble}"), Text("failing", style="yellow"))
        for ending in outlet.endings:
            style = _STYLES.get(ending.outcome, "") if ending.as_written else "bold red"
            headline = Text(f"  {escape_controls(ending.title)}")
            articles.add_row(headline, Text(_plain(ending.outcome), style=style), Text(ending.remark, style=style))
    console.print(articles)
    console.print()
    console.print(_accounts(result.accounts, result.endings))
    for line in remarks(result):
        console.print(Text(line))


def _accounts(accounts: Sequence[Account], endings: Sequence[Ending]) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column("")
    table.add_column("served", justify="right")
    table.add_column("ended as")
    for account in accounts:
        table.add_row(_STAGES[account.stage], f"{account.served:,}", _list(account.outcomes))
    table.add_row("articles", f"{len(endings):,}", _list(Counter(ending.outcome for ending in endings)))
    return table


def remarks(result: Result) -> list[str]:
    """Return sentences about the whole run."""
    lines = [
        f"{_STAGES[account.stage]}: {account.served:,} were served, but {sum(account.outcomes.values()):,} have an "
        "outcome; a process that was restarted repeated its requests"
        for account in result.accounts
        if not account.is_even
    ]
    lines += [
        f"A feed has moved for good, from {old} to {new}, and is polled there." for old, new in result.moved.items()
    ]
    for outlet, shown in result.walled.items():
        impaired = "; its collection counts as impaired today" if outlet in result.impaired else ""
        lines.append(f"{outlet}: {shown}{impaired}.")
    reached = f"was reached {result.vault} times" if result.vault else "was not reached"
    lines.append(f"The address that must not be reached {reached}.")
    if not any(
        ending.outcome in (InputOutcome.NEW, InputOutcome.COPY, InputOutcome.REVISED) for ending in result.endings
    ):
        lines.append("All articles were already known: nothing was added.")
    wrong = sum(not ending.as_written for ending in result.endings)
    if wrong:
        lines.append(f"{wrong} of {len(result.endings)} articles did not end as expected.")
    return lines


def guide(result: Result, web: DemoWeb, page: str, data_dir: Path) -> list[str]:
    """Return suggestions of things to look at after the script."""
    edited = next(web.article_url(o, a) for o in web.outlets for a in o.articles if a.edited)
    reprinted = next(web.article_url(o, a) for o in web.outlets for a in o.articles if a.copy_of)
    command = f"STEPPEWATCH_DATA_DIR={shlex.quote(str(data_dir))} steppewatch"
    return [
        f"the script is over: {_list(Counter(ending.outcome for ending in result.endings))}. Look at",
        f"  {page}  the pages: what they say changes while you look",
        f"  {edited}  an article that was silently edited",
        f"  {reprinted}  a reprint",
        "and, in another terminal, at the output of",
        f"  {command} status",
        f"  {command} coverage csto organization-of-turkic-states --by day",
        f"  {command} export articles -o articles.csv",
        "show. Feeds go on being polled; Ctrl-C stops the demo.",
    ]


def emit_result(result: Result) -> None:
    """Print a JSON line for each article, and one with the totals."""
    for outlet in result.outlets:
        for ending in outlet.endings:
            emit({"outlet": outlet.id, "language": outlet.language, **asdict(ending)})
    emit(
        {
            "served": {account.stage: account.served for account in result.accounts},
            "outcomes": {account.stage: dict(account.outcomes) for account in result.accounts},
            "articles": dict(Counter(ending.outcome for ending in result.endings)),
            "private_address_reached": result.vault,
            "moved": dict(result.moved),
            "walled": dict(result.walled),
            "impaired": dict(result.impaired),
            "seconds": round(result.took_s, 1),
        }
    )


def _list(outcomes: Mapping[str, int]) -> str:
    ordered = sorted(outcomes.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{inputs:,} {_plain(outcome)}" for outcome, inputs in ordered) or "nothing"


def _plain(outcome: str) -> str:
    return outcome.replace("_", " ")
