"""The `steppewatch` command: one module per noun, registered here.

Modules import heavy libraries inside their functions only, so that every command starts at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from cli import (
    alert,
    alertadd,
    alertedit,
    alertsync,
    alerttest,
    alertwhy,
    alive,
    article,
    articlediff,
    articlelist,
    cluster,
    coverage,
    crawl,
    deliveries,
    demo,
    doctor,
    export,
    extract,
    feed,
    ingest,
    page,
    schedule,
    source,
    sourceedit,
    status,
    store,
    story,
    subscriptions,
    tag,
    up,
    vocabulary,
    vocabulary_versions,
)
from cli.output import is_full, note, use_utf8, wrong_settings_explained

app = typer.Typer(
    name="steppewatch",
    help="Watches what is written about Central Asian security.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Command = Callable[..., None]
SERVICE, TOOLS, RESULTS, NOUNS = "Run it", "Try one stage", "Get results", "Look after it"


def tell_version(asked: bool) -> None:
    """Print the version of the program and end it, when that is asked for."""
    if asked:
        from importlib.metadata import version

        typer.echo(f"steppewatch {version('steppewatch')}")
        raise typer.Exit


commands: dict[str, dict[str, Command]] = {
    SERVICE: {
        "up": up.up,
        "demo": demo.demo,
        "status": status.status,
        "doctor": doctor.doctor,
        "alive": alive.alive,
        "crawl": crawl.crawl,
        "ingest": ingest.ingest,
        "migrate": store.migrate,
        "worker": up.worker,
        "web": page.web,
    },
    TOOLS: {
        "feed": feed.feed,
        "extract": extract.extract,
        "tag": tag.tag,
        "cluster": cluster.cluster,
    },
    RESULTS: {
        "coverage": coverage.coverage,
        "export": export.export,
    },
}

groups: dict[tuple[str, str], dict[str, Command]] = {
    ("source", "Outlets: add, list, show, edit, retry."): {
        "add": source.source_add,
        "list": source.source_list,
        "show": source.source_show,
        "edit": sourceedit.source_edit,
        "retry": source.source_retry,
    },
    ("article", "Articles: list, search, show, diff, remove."): {
        "list": articlelist.article_list,
        "search": articlelist.article_search,
        "show": article.article_show,
        "diff": articlediff.article_diff,
        "remove": article.article_remove,
    },
    ("story", "An original and its reprints: show, split, merge, undo."): {
        "show": story.story_show,
        "split": story.story_split,
        "merge": story.story_merge,
        "undo": story.story_undo,
    },
    ("vocabulary", "The vocabulary: list, show, check, diff, load, retag."): {
        "list": vocabulary.vocabulary_list,
        "show": vocabulary.vocabulary_show,
        "check": vocabulary.vocabulary_check,
        "diff": vocabulary_versions.vocabulary_diff,
        "load": vocabulary_versions.vocabulary_load,
        "retag": vocabulary_versions.vocabulary_retag,
    },
    ("alert", "Standing questions: try, add, list, change, follow their messages."): {
        "match": alert.alert_match,
        "lint": alert.alert_lint,
        "test": alerttest.alert_test,
        "why": alertwhy.alert_why,
        "add": alertadd.alert_add,
        "edit": alertedit.alert_edit,
        "list": subscriptions.alert_list,
        "show": subscriptions.alert_show,
        "pause": subscriptions.alert_pause,
        "resume": subscriptions.alert_resume,
        "remove": subscriptions.alert_remove,
        "sync": alertsync.alert_sync,
        "deliveries": deliveries.alert_deliveries,
        "resend": deliveries.alert_resend,
    },
    ("schedule", "Exports that are written by themselves: add, list, run, remove."): {
        "add": schedule.schedule_add,
        "list": schedule.schedule_list,
        "run": schedule.schedule_run,
        "remove": schedule.schedule_remove,
    },
}


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=tell_version)
    ] = False,
) -> None:
    """Watches what is written about Central Asian security."""


for panel, members in commands.items():
    for name, function in members.items():
        app.command(name, rich_help_panel=panel)(function)

for (noun, about), verbs in groups.items():
    group = typer.Typer(no_args_is_help=True, help=about)
    for name, function in verbs.items():
        group.command(name)(function)
    app.add_typer(group, name=noun, rich_help_panel=NOUNS)


def main() -> None:
    """Run the command line."""
    use_utf8()
    with wrong_settings_explained():
        try:
            app()
        except OSError as error:
            if not is_full(error) or not error.filename:
                raise
            from cli.trouble import trouble_of

            trouble = trouble_of(f"sqlite:///{error.filename}", error)
            note(f"error: {trouble.sentence}")
            note(f"  {trouble.hint}")
            sys.exit(1)


if __name__ == "__main__":
    main()
