"""How fast the language of articles is told, and where it changes inside of them; what is told wrong.

    python -m benchmarks.language [--ntrex FOLDER] [--seconds 3]
    python -m benchmarks.language --errors FOLDER

Without a folder the texts are invented. A folder holds one language a file, `newstest2019.<code>.txt`, a sentence a
line (NTREX-128); twenty sentences make an article, whose language is then known. Times are CPU times.

With `--errors` a folder of measuring material is read instead, at most 1,500 texts of a form and language, and a row
says for texts in a language, in another alphabet than its usual one, of so many letters: how many there are, how many
were told wrong, how many of these keep their names (the right language is second), of how many nothing was told.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import cycle
from pathlib import Path

from benchmarks.language_texts import known_texts, ntrex_lines
from worker.extract.language.detection import detect_language, identify_language, load_model
from worker.extract.language.passages import find_passages

_LENGTHS = (0, 20, 40, 70, 100, 150, 300)  # letters
_MOST_OF_A_FORM = 1_500

# Invented for this benchmark.
SENTENCES = {
    "en": "The ministers of five republics spoke of pumps and of rain, and of who would pay for the old dam. ",
    "ru": "Министры пяти республик говорили о насосах и о дожде, и о том, кто заплатит за починку плотины. ",
    "kk": "Бес республиканың министрлері сорғылар мен жаңбыр туралы және ескі бөгет туралы сөйлесті. ",
    "ky": "Беш республиканын министрлери насостор жана жаан жөнүндө, эски тосмо жөнүндө сүйлөштү. ",
    "uz": "Besh respublikaning vazirlari nasoslar va yomg‘ir haqida hamda eski to‘g‘on haqida gaplashdi. ",
    "tr": "Beş cumhuriyetin bakanları pompalardan, yağmurdan ve eski barajın onarımından söz etti. ",
}


def main() -> None:
    """Print a row for each language: articles a second for each step, what was told wrong, and how many passages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ntrex", type=Path)
    parser.add_argument("--seconds", type=float, default=3.0, help="CPU time for all rows together, each step")
    parser.add_argument("--errors", type=Path, help="folder of measuring material: count what is told wrong")
    options = parser.parse_args()
    if options.errors:
        _errors(options.errors)
        return
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
    articles = {
        code: ["\n".join(lines[at : at + 20]) for at in range(0, len(lines) - 19, 20)]
        for code, lines in ntrex_lines(folder).items()
    }
    if not articles:
        raise SystemExit(f"{folder} holds no newstest2019.<code>.txt")
    return articles


def _errors(folder: Path) -> None:
    by_form: dict[tuple[str, str, str], dict[str, None]] = {}
    for language, alphabet, form, text in known_texts(folder):
        by_form.setdefault((language, alphabet, form), {})[text] = None
    rows: dict[tuple[str, str, int], Counter[str]] = {}
    for (language, alphabet, _), of_form in sorted(by_form.items()):
        step = max(1, len(of_form) // _MOST_OF_A_FORM)
        for text in list(of_form)[::step][:_MOST_OF_A_FORM]:
            letters = sum(map(str.isalpha, text))
            row = rows.setdefault((language, alphabet, max(one for one in _LENGTHS if one <= letters)), Counter())
            told = identify_language(text)
            row["texts"] += 1
            row["none"] += told.language is None
            if told.language not in (language, None):
                row["wrong"] += 1
                row["kept"] += told.second == language
                row[f"as {told.language}"] += 1
    print(f"{'':18}{'letters':>8}{'texts':>7}{'wrong':>7}{'kept':>6}{'none':>6}  told as")
    for (language, alphabet, letters), row in sorted(rows.items()):
        worst = ", ".join(f"{name[3:]} {n}" for name, n in row.most_common() if name.startswith("as "))
        figures = f"{row['texts']:7,}{row['wrong']:7,}{row['kept']:6,}{row['none']:6,}"
        print(f"{language:3}{alphabet:15}{letters:7}+{figures}  {worst[:60]}")


def _rate(work: Callable[[str], object], texts: list[str], seconds: float) -> float:
    start = time.process_time()
    for done, text in enumerate(cycle(texts), 1):
        work(text)
        if (spent := time.process_time() - start) > seconds:
            return done / spent
    raise AssertionError("unreachable")


if __name__ == "__main__":
    main()
