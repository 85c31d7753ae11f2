"""How fast the language of articles is told, and where it changes inside of them.

    python -m benchmarks.language [--ntrex FOLDER] [--seconds 3]

Without a folder the texts are invented. A folder holds one language a file, `newstest2019.<code>.txt`, a sentence a
line (NTREX-128); twenty sentences make an article, whose language is then known. Times are CPU times.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import cycle
from pathlib import Path

from worker.extract.language import detect_language, load_model
from worker.extract.passages import find_passages

# Invented for this benchmark.
SENTENCES = {
    "en": "The ministers of five republics spoke of pumps and of rain, and of who would pay for the old dam. ",
    "ru": "Министры пяти республик говорили о насосах и о дожде, и о том, кто заплатит за починку плотины. ",
    "kk": "Бес республиканың министрлері сорғылар мен жаңбыр туралы және ескі бөгет туралы сөйлесті. ",
    "ky": "Беш республиканын министрлери насостор жана жаан жөнүндө, эски тосмо жөнүндө сүйлөштү. ",
    "uz": "Besh respublikaning vazirlari nasoslar va yomg‘ir haqida hamda eski to‘g‘on haqida gaplashdi. ",
    "tr": "Beş cumhuriyetin bakanları pompalardan, yağmurdan ve eski barajın onarımından söz etti. ",
}
CODES = {
    "aze-Latn": "az", "eng-US": "en", "hye": "hy", "kaz": "kk", "kir": "ky", "rus": "ru", "tgk-Cyrl": "tg",
    "tuk": "tk", "tur": "tr", "uzb": "uz",
}  # fmt: skip


def main() -> None:
    """Print a row for each language: articles a second for each step, what was told wrong, and how many passages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ntrex", type=Path)
    parser.add_argument("--seconds", type=float, default=3.0, help="CPU time for all rows together, each step")
    options = parser.parse_args()
    articles = _ntrex(options.ntrex) if options.ntrex else {code: [line * 25] for code, line in SENTENCES.items()}
    load_model()  # reading the model is not the question
    seconds = options.seconds / len(articles)
    print(f"{'':4}{'articles':>9}{'py3langid alone':>17}{'detect':>9}{'passages':>10}{'both':>8}  told wrong")
    spent = 0.0
    for code, texts in articles.items():
        alone = _rate(load_model().classify, texts, seconds)
        told = _rate(detect_language, texts, seconds)
        parted = _rate(partial(find_passages, language=code), texts, seconds)
        wrong = Counter(found for text in texts if (found := detect_language(text)) != code)
        passages = sum(len(find_passages(text, code)) for text in texts)
        both = 1 / (1 / told + 1 / parted)
        spent += 1 / both
        print(f"{code:4}{len(texts):9}{alone:17,.0f}{told:9,.0f}{parted:10,.0f}{both:8,.0f}  {dict(wrong)} {passages}")
    print(f"all languages alike: {len(articles) / spent:,.0f} articles/s")


def _ntrex(folder: Path) -> dict[str, list[str]]:
    articles: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("newstest2019.*.txt")):
        if code := CODES.get(path.name.split(".")[1]):
            lines = path.read_text("utf-8").splitlines()
            articles[code] = ["\n".join(lines[at : at + 20]) for at in range(0, len(lines) - 19, 20)]
    if not articles:
        raise SystemExit(f"{folder} holds no newstest2019.<code>.txt")
    return articles


def _rate(work: Callable[[str], object], texts: list[str], seconds: float) -> float:
    start = time.process_time()
    for done, text in enumerate(cycle(texts), 1):
        work(text)
        if (spent := time.process_time() - start) > seconds:
            return done / spent
    raise AssertionError("unreachable")


if __name__ == "__main__":
    main()
