"""The `steppewatch` command: the table of all commands, each imported only when it runs.

Modules import heavy libraries inside their functions, so that every command starts fast.
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Annotated

import typer

from cli.shared.output import explain_setting_errors, is_full, note, use_utf8

SERVICE, TOOLS, RESULTS, NOUNS = "Run", "Try one stage", "Get results", "Manage"
_LONG_RUNNING = (
    "up",
    "demo",
    "crawl",
    "ingest",
    "migrate",
    "worker",
    "web",
    "export",
    "schedule",
    "cluster",
    "tag",
    "vocabulary",
)
"""Commands that run for long or allocate much, and so need the garbage collector."""


def print_version(requested: bool) -> None:
    """Print the version and exit, if requested."""
    if requested:
        from importlib.metadata import version

        typer.echo(f"steppewatch {version('steppewatch')}")
        raise typer.Exit


commands: dict[str, dict[str, str]] = {
    SERVICE: {
        "up": "run.up:up",
        "demo": "demo.command:demo",
        "status": "run.status:status",
        "doctor": "doctor.command:doctor",
        "alive": "run.healthcheck:alive",
        "crawl": "run.crawl:crawl",
        "ingest": "run.ingest:ingest",
        "migrate": "run.migrate:migrate",
        "worker": "run.up:worker",
        "web": "run.page:web",
    },
    TOOLS: {
        "feed": "stages.feed:feed",
        "extract": "stages.extract:extract",
        "tag": "stages.tag:tag",
        "cluster": "stages.cluster:cluster",
    },
    RESULTS: {
        "coverage": "coverage.command:coverage",
        "export": "export.command:export",
    },
}
"""Module and function of each command, by panel and name."""

groups: dict[tuple[str, str], dict[str, str]] = {
    ("source", "Outlets: add, list, show, check, edit, pause, resume, remove, import, suggest, backfill …"): {
        "add": "source.add:source_add",
        "list": "source.list:source_list",
        "show": "source.show:source_show",
        "check": "source.check:source_check",
        "edit": "source.edit:source_edit",
        "pause": "source.pause:source_pause",
        "resume": "source.pause:source_resume",
        "retry": "source.retry:source_retry",
        "remove": "source.remove:source_remove",
        "restore": "source.remove:source_restore",
        "import": "source.opml:source_import",
        "backfill": "source.backfill:source_backfill",
        "suggest": "source.suggest:source_suggest",
        "sync": "source.sync:source_sync",
    },
    ("article", "Articles: list, search, show, diff, remove."): {
        "list": "article.list:article_list",
        "search": "article.list:article_search",
        "show": "article.show:article_show",
        "diff": "article.diff:article_diff",
        "remove": "article.remove:article_remove",
    },
    ("story", "An original and its reprints: show, split, merge, undo."): {
        "show": "story.show:story_show",
        "split": "story.decisions:story_split",
        "merge": "story.decisions:story_merge",
        "undo": "story.decisions:story_undo",
    },
    ("vocabulary", "The vocabulary: list, show, check, diff, load, retag."): {
        "list": "vocabulary.command:vocabulary_list",
        "show": "vocabulary.command:vocabulary_show",
        "check": "vocabulary.command:vocabulary_check",
        "diff": "vocabulary.versions:vocabulary_diff",
        "load": "vocabulary.versions:vocabulary_load",
        "retag": "vocabulary.versions:vocabulary_retag",
    },
    ("alert", "Subscriptions to a query: test, add, list, change, follow their messages."): {
        "match": "alert.query:alert_match",
        "lint": "alert.query:alert_lint",
        "test": "alert.backtest:alert_test",
        "why": "alert.why:alert_why",
        "add": "alert.add:alert_add",
        "edit": "alert.edit:alert_edit",
        "list": "alert.subscriptions:alert_list",
        "show": "alert.subscriptions:alert_show",
        "pause": "alert.subscriptions:alert_pause",
        "resume": "alert.subscriptions:alert_resume",
        "remove": "alert.subscriptions:alert_remove",
        "sync": "alert.sync:alert_sync",
        "deliveries": "alert.deliveries:alert_deliveries",
        "resend": "alert.deliveries:alert_resend",
    },
    ("schedule", "Scheduled exports: add, list, run, remove."): {
        "add": "export.schedule:schedule_add",
        "list": "export.schedule:schedule_list",
        "run": "export.schedule:schedule_run",
        "remove": "export.schedule:schedule_remove",
    },
}
"""Module and function of each verb, by noun."""


def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=print_version)
    ] = False,
) -> None:
    """Monitor media coverage of Central Asian security."""


def application(words: Sequence[str] = ()) -> typer.Typer:
    """Return the command line with only the command that `words` begin with; with all commands if there is none.

    Building all of it takes a tenth of a second, because every signature is inspected.
    """
    app = typer.Typer(
        name="steppewatch",
        help="Monitor media coverage of Central Asian security.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(options)
    first, second = [*words[:2], "", ""][:2]
    known = [name for members in commands.values() for name in members] + [noun for noun, _ in groups]
    for panel, members in commands.items():
        for name, place in _select(members, first, known).items():
            app.command(name, rich_help_panel=panel)(_function(place))
    for (noun, about), verbs in groups.items():
        if first == noun or first not in known:
            group = typer.Typer(no_args_is_help=True, help=about)
            for name, place in _select(verbs, second, verbs).items():
                group.command(name)(_function(place))
            app.add_typer(group, name=noun, rich_help_panel=NOUNS)
    return app


def _select(members: Mapping[str, str], word: str, known: Iterable[str]) -> dict[str, str]:
    """Return the member called `word`; all members if no command has that name."""
    return {name: place for name, place in members.items() if name == word or word not in known}


def _function(place: str) -> Callable[..., None]:
    module, _, name = place.partition(":")
    function: Callable[..., None] = getattr(import_module(f"cli.{module}"), name)
    return function


def __getattr__(name: str) -> typer.Typer:
    """Return `app`, the whole command line, built on first access."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return application()


def main() -> None:
    """Run the command line."""
    use_utf8()
    words = sys.argv[1:]
    _turn_down_collector(words)
    with explain_setting_errors():
        try:
            application(words)()
        except OSError as error:
            if not is_full(error) or not error.filename:
                raise
            from cli.shared.store_errors import diagnose_error

            problem = diagnose_error(f"sqlite:///{error.filename}", error)
            note(f"error: {problem.sentence}")
            note(f"  {problem.hint}")
            sys.exit(1)


def _turn_down_collector(words: Sequence[str]) -> None:
    """Turn down the garbage collector, which would scan the imported modules over and over for nothing.

    This was a quarter of the run time of short commands, half of it at exit. Cleanup must therefore not rely on the
    collector: close resources explicitly.
    """
    atexit.register(gc.freeze)
    if words and words[0] not in _LONG_RUNNING:
        gc.set_threshold(200_000, 10, 10)


if __name__ == "__main__":
    main()
