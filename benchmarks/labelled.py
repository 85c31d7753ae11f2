"""Public sets of texts with labelled names, each in a layout of its own → documents."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple


class LabelledDocument(NamedTuple):
    """A text and its labelled spans; None when it has none and names are looked for anywhere."""

    text: str
    spans: list[tuple[int, int]] | None


def tokens_of(folder: Path) -> Iterator[LabelledDocument]:
    """Yield documents of fifteen sentences from files of one token and IOB label a line."""
    sentences: list[list[tuple[str, str]]] = [[]]
    for path in sorted(folder.iterdir()):
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                token, *_, label = line.split()
                sentences[-1].append((token, label))
            elif sentences[-1]:
                sentences.append([])
    for first in range(0, len(sentences), 15):
        text, spans = "", []
        for sentence in sentences[first : first + 15]:
            for token, label in sentence:
                start = len(text)
                text += token + " "
                if label[0] == "B":
                    spans.append((start, start + len(token)))
                elif label[0] == "I" and spans:
                    spans[-1] = (spans[-1][0], start + len(token))
            text += "\n"
        yield LabelledDocument(text, spans)


def brat(folder: Path) -> Iterator[LabelledDocument]:
    """Yield documents with standoff annotation: `T1<tab>TYPE start end<tab>surface`."""
    for path in sorted(folder.rglob("*.ann")):
        entries = [line.split("\t")[1].split() for line in path.read_text("utf-8").splitlines() if line[0] == "T"]
        text = path.with_suffix(".txt").read_bytes().decode()
        yield LabelledDocument(text, [(int(entry[1]), int(entry[-1])) for entry in entries])


def factrueval(folder: Path) -> Iterator[LabelledDocument]:
    """Yield documents whose .spans hold `id type start length …`."""
    for path in sorted(folder.glob("*.spans")):
        entries = [line.split() for line in path.read_text("utf-8").splitlines() if line.strip()]
        spans = [(int(entry[2]), int(entry[2]) + int(entry[3])) for entry in entries]
        yield LabelledDocument(path.with_suffix(".txt").read_bytes().decode(), spans)


def bsnlp(folder: Path) -> Iterator[LabelledDocument]:
    """Yield documents whose labels are listed by surface: each place where one stands is a span."""
    for path in sorted(folder.glob("*/annotated/ru/*.out")):
        raw = path.parent.parent.parent / "raw" / "ru" / (path.stem + ".txt")
        if raw.exists():
            text = "\n".join(raw.read_text("utf-8").splitlines()[4:])
            surfaces = {
                line.split("\t")[0].strip() for line in path.read_text("utf-8").splitlines()[1:] if line.strip()
            }
            spans = [
                (found.start(), found.end())
                for surface in surfaces
                for found in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text)
            ]
            yield LabelledDocument(text, spans)


def unlabelled(folder: Path) -> Iterator[LabelledDocument]:
    """Yield the texts of CSV files."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                yield LabelledDocument(row["text"], None)


SETS: dict[str, tuple[str, Callable[[Path], Iterator[LabelledDocument]]]] = {
    "ner_kaznerd_kk": ("kk", tokens_of),
    "ner_nerel_ru": ("ru", brat),
    "ner_bsnlp_ru": ("ru", bsnlp),
    "ner_factrueval_ru": ("ru", factrueval),
    "ner_turkish_wiki": ("tr", tokens_of),
    "news_kyrgyz_24kg": ("ky", unlabelled),
}
