"""The `steppewatch` command: one module per noun, registered here.

Modules import heavy libraries inside their functions only, so that every command starts at once.
"""

from __future__ import annotations

import typer

from cli import (
    alert,
    alertsync,
    alerttest,
    alive,
    article,
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
    schedule,
    source,
    status,
    store,
    story,
    subscriptions,
    tag,
    up,
    vocabulary,
    vocabulary_versions,
)
from cli.output import use_utf8, wrong_settings_explained

app = typer.Typer(
    name="steppewatch",
    help="Watches what is written about Central Asian security.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
sources = typer.Typer(no_args_is_help=True, help="Outlets: add, list, show.")
articles = typer.Typer(no_args_is_help=True, help="One article: show, remove.")
stories = typer.Typer(no_args_is_help=True, help="An original and its reprints: show, split, merge, undo.")
alerts = typer.Typer(no_args_is_help=True, help="Standing questions: add, list, try, follow their messages.")
words = typer.Typer(no_args_is_help=True, help="The vocabulary: list, show, check, load, retag.")
app.add_typer(sources, name="source")
app.add_typer(articles, name="article")
app.add_typer(stories, name="story")
schedules = typer.Typer(no_args_is_help=True, help="Exports that are written by themselves: add, list, run, remove.")
app.add_typer(words, name="vocabulary")
app.add_typer(alerts, name="alert")
app.add_typer(schedules, name="schedule")

SERVICE, TOOLS, RESULTS = "Run it", "Try one stage", "Get results"

for name, function, panel in (
    ("up", up.up, SERVICE),
    ("demo", demo.demo, SERVICE),
    ("status", status.status, SERVICE),
    ("doctor", doctor.doctor, SERVICE),
    ("alive", alive.alive, SERVICE),
    ("crawl", crawl.crawl, SERVICE),
    ("ingest", ingest.ingest, SERVICE),
    ("migrate", store.migrate, SERVICE),
    ("worker", up.worker, SERVICE),
    ("feed", feed.feed, TOOLS),
    ("extract", extract.extract, TOOLS),
    ("tag", tag.tag, TOOLS),
    ("cluster", cluster.cluster, TOOLS),
    ("coverage", coverage.coverage, RESULTS),
    ("export", export.export, RESULTS),
):
    app.command(name, rich_help_panel=panel)(function)

sources.command("add")(source.source_add)
sources.command("list")(source.source_list)
sources.command("show")(source.source_show)
alerts.command("match")(alert.alert_match)
alerts.command("lint")(alert.alert_lint)
articles.command("show")(article.article_show)
articles.command("remove")(article.article_remove)
stories.command("show")(story.story_show)
stories.command("split")(story.story_split)
stories.command("merge")(story.story_merge)
stories.command("undo")(story.story_undo)
alerts.command("add")(subscriptions.alert_add)
alerts.command("list")(subscriptions.alert_list)
alerts.command("show")(subscriptions.alert_show)
alerts.command("pause")(subscriptions.alert_pause)
alerts.command("resume")(subscriptions.alert_resume)
alerts.command("remove")(subscriptions.alert_remove)
alerts.command("sync")(alertsync.alert_sync)
alerts.command("test")(alerttest.alert_test)
alerts.command("deliveries")(deliveries.alert_deliveries)
alerts.command("resend")(deliveries.alert_resend)
schedules.command("add")(schedule.schedule_add)
schedules.command("list")(schedule.schedule_list)
schedules.command("run")(schedule.schedule_run)
schedules.command("remove")(schedule.schedule_remove)
words.command("list")(vocabulary.vocabulary_list)
words.command("show")(vocabulary.vocabulary_show)
words.command("check")(vocabulary.vocabulary_check)
words.command("diff")(vocabulary_versions.vocabulary_diff)
words.command("load")(vocabulary_versions.vocabulary_load)
words.command("retag")(vocabulary_versions.vocabulary_retag)


def main() -> None:
    """Run the command line."""
    use_utf8()
    with wrong_settings_explained():
        app()


if __name__ == "__main__":
    main()
