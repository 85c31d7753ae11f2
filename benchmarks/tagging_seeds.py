"""How many of the true mentions in the two seed documents are tagged, and how many tags are true.

    python -m benchmarks.tagging_seeds FOLDER

`FOLDER` holds the documents, which are not part of the repository; the true mentions, written down by a reader before
any tagger was asked, are: tests/data/seed_mentions.json, offsets and entities. A required mention is found when a tag
of its entity overlaps it; a tag is right when a true mention of its entity overlaps it. Not required, but true, are
pronouns and descriptions (“the bloc”), and names inside the names of entities that do not keep inner names.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from worker.tagging.tagger import Mention, load_tagger

GOLD = Path(__file__).resolve().parent.parent / "tests" / "data" / "seed_mentions.json"


class SeedMention(NamedTuple):
    """A mention that a reader found."""

    start: int
    end: int
    entity: str
    level: str
    is_required: bool


class SeedScore(NamedTuple):
    """Required mentions that were missed, and tags that are wrong, of how many."""

    missed: Sequence[SeedMention]
    required: int
    wrong: Sequence[Mention]
    tags: int

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / self.required

    @property
    def precision(self) -> float:
        return 1 - len(self.wrong) / self.tags


def read_gold(folder: Path) -> dict[str, tuple[str, list[SeedMention]]]:
    """Return for each document its text and true mentions; raise ValueError for another text than was read."""
    found: dict[str, tuple[str, list[SeedMention]]] = {}
    for name, entry in json.loads(GOLD.read_text("utf-8")).items():
        content = (folder / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != entry["sha256"]:
            raise ValueError(f"{name} is not the text whose mentions were written down")
        found[name] = content.decode("utf-8"), [SeedMention(*row) for row in entry["mentions"]]
    return found


def score(true: Sequence[SeedMention], tags: Sequence[Mention]) -> SeedScore:
    """Return what was missed and what is wrong in one document."""
    required = [one for one in true if one.is_required]
    return SeedScore(
        [one for one in required if not any(_agree(one, tag) for tag in tags)],
        len(required),
        [tag for tag in tags if not any(_agree(one, tag) for one in true)],
        len(tags),
    )


def _agree(one: SeedMention, tag: Mention) -> bool:
    return one.entity == tag.entity and one.start < tag.end and tag.start < one.end


def main() -> None:
    """Print recall and precision of each document, and every mistake."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    tagger = load_tagger()
    for name, (text, true) in read_gold(folder).items():
        found = score(true, tagger.tag(text, "en"))
        print(f"{name}  recall {found.recall:.4f} of {found.required}  precision {found.precision:.4f} of {found.tags}")
        for one in found.missed:
            print(f"  missed {one.entity} at {one.start}: {text[one.start : one.end]!r}")
        for tag in found.wrong:
            print(f"  wrong {tag.entity} at {tag.start}: {tag.surface!r} ({tag.rule})")


if __name__ == "__main__":
    main()
