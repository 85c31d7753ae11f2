"""Screenshots of every page over a store, for the docs and for looking at them: wide and light, narrow and dark.

    python -m benchmarks.screenshots FOLDER --data-dir DIR
    python -m benchmarks.screenshots docs/pictures --data-dir DIR --only overview entity article story --wide

Needs Debian's chromium and the package playwright. Prints what the console of the browser said, and each page that is
wider than its screen; exits 1 if there was anything of the kind.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from playwright.sync_api import ConsoleMessage, sync_playwright

from benchmarks.page_addresses import read_samples
from benchmarks.pages import serving
from db.engine import Database
from db.settings import load

_SCREENS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1440, "light"), (390, "dark"))


def list_pages(database: Database) -> Mapping[str, str]:
    """Return the addresses of all pages by name, with an entity, an outlet and articles that the store has."""
    samples = database.read(read_samples)
    entity, second = (samples["entity"][at].value for at in (0, 1))
    outlet, story = samples["outlet"][0].value, samples["story"][0].value
    new, edited = (sample.value for sample in samples["article"][:2])
    alert = samples["alert_id"][0].value if samples["alert_id"] else ""
    return {
        "overview": "/",
        "search": f"/search?q=entity:{entity}",
        "search-wrong": "/search?q=csto+AND",
        "entities": "/entities",
        "entity": f"/entities/{entity}",
        "compare": f"/compare?entity={entity}&entity={second}",
        "outlets": "/outlets",
        "outlet": f"/outlets/{outlet}",
        "article": f"/articles/{new}",
        "revisions": f"/articles/{edited}/revisions",
        "story": f"/stories/{story}",
        "alerts": "/alerts",
        **({"alert": f"/alerts/{alert}"} if alert else {}),
        "exports": f"/exports?kind=mentions&entity={entity}&since=30d",
        "status": "/status",
        "missing": "/nowhere",
    }


def photograph(base: str, pages: Mapping[str, str], folder: Path, *, only_wide: bool) -> list[str]:
    """Write a picture of each page into the folder, and return what was wrong."""
    wrong: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for width, scheme in _SCREENS[:1] if only_wide else _SCREENS:
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB", timezone_id="UTC"
            )
            for name, address in pages.items():
                page = context.new_page()
                page.on("console", _note_into(wrong, name))
                page.goto(base + address)
                for figure in page.locator("figure[data-chart]").all():  # charts are drawn when they come into sight
                    figure.scroll_into_view_if_needed()
                    figure.locator("canvas").first.wait_for(timeout=60_000)
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    wrong.append(f"{name}: wider than {width}")
                file = folder / (f"{name}.png" if only_wide else f"{name}-{width}.png")
                page.screenshot(path=file, full_page=not only_wide)
                page.close()
            context.close()
        browser.close()
    return wrong


def _note_into(wrong: list[str], name: str) -> Callable[[ConsoleMessage], None]:
    """Return what notes the errors and warnings of the console of a page."""

    def note(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and "responded with a status of 4" not in said.text:
            wrong.append(f"{name}: {said.text}")

    return note


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--data-dir", type=Path, required=True, help="the store: STEPPEWATCH_DATA_DIR")
    parser.add_argument("--only", nargs="*", default=[], metavar="PAGE", help="only these pages")
    parser.add_argument("--wide", action="store_true", help="only what a wide screen shows at once")
    asked = parser.parse_args()
    os.environ["STEPPEWATCH_DATA_DIR"] = str(asked.data_dir)
    database = Database(load().database)
    pages = {name: at for name, at in list_pages(database).items() if not asked.only or name in asked.only}
    with serving(dict(os.environ)) as web:
        wrong = photograph(web.address, pages, asked.folder, only_wide=asked.wide)
    print(f"{len(pages)} pages in {asked.folder}", *wrong, sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
