"""Detection of text that was read in the wrong encoding. Pure."""

from __future__ import annotations

import re

REPLACED = "\ufffd"

_SAMPLE = 200_000
_LATIN = frozenset({"cp1252", "cp1254", "cp1250", "iso8859-1"})
_CYRILLIC = frozenset({"cp1251", "koi8-r", "koi8-u", "koi8-t", "iso8859-5", "cp866", "kz1048", "ptcp154"})
_LATIN_WORD = re.compile(r"[A-Za-z\u0080-\u024f]{3,}")
_ACCENTED_WORD = re.compile("[\u0080-\u00ffĞğİıŞş]{3,}\\Z")
_CONTROLS = re.compile(r"[\x80-\x9f]")
_FOREIGN = re.compile(r"[^\x00-\xa0\s]")
_CYRILLIC_WORD = re.compile(r"[A-Za-z]*[\u0400-\u04ff][A-Za-z\u0400-\u04ff]{2,}")
_CAPITAL_INSIDE = re.compile(r"[\u0430-\u045f][\u0400-\u042f]")
_TWO_SCRIPTS = re.compile(r"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
_SIGN_INSIDE = re.compile(r"[\u0400-\u04ff][№¦§¤¶°\u2500-\u25ff][\u0400-\u04ff]")
_RARE = re.compile("[ђѓѕљњћќўџ]")
_ICELANDIC_OR_TURKISH = re.compile("[ÐÝÞðýþ]")
_ICELANDIC = re.compile("[ÁÆÍÓÚáæíóú]")
_UKRAINIAN_IN_KOI8_R = re.compile("[╓╕╖╜]")
_AS_KAZAKH_COMES_OUT = (re.compile("[ќѕј]"), re.compile("[єўї]"))
"""қ, ң and ә of the Kazakh code page, read as Russian, are Macedonian; ғ, ұ and ү are Ukrainian or Belarusian."""


def is_plausible(text: str, encoding: str) -> bool:
    """Return whether a text read in a declared encoding other than UTF-8 makes sense."""
    if encoding.replace("_", "-") == "utf-8":
        return False  # it was tried before
    if text.count(REPLACED) > len(text) // 1000:
        return False
    name = encoding.replace("_", "-")
    if name.startswith(("utf-16", "utf-32")):
        return sum(map(str.isascii, text[:_SAMPLE])) * 20 > len(text[:_SAMPLE])
    if name in _LATIN:
        return not _is_latin_nonsense(text[:_SAMPLE])
    return name not in _CYRILLIC or not _is_cyrillic_nonsense(text[:_SAMPLE])


def sibling(text: str, encoding: str) -> str | None:
    """Return the true encoding of a text if it differs in a few letters from the one used for reading.

    Turkish and Western European differ in six letters, which Icelandic alone would use otherwise.
    """
    if encoding == "cp1252" and _ICELANDIC_OR_TURKISH.search(text) and not _ICELANDIC.search(text):
        return "cp1254"
    if encoding == "cp1251" and all(len(letters.findall(text)) > 1 for letters in _AS_KAZAKH_COMES_OUT):
        return "kz1048"
    if encoding == "koi8-r" and _UKRAINIAN_IN_KOI8_R.search(text):
        return "koi8-u"
    return None


def _is_latin_nonsense(text: str) -> bool:
    """Return whether words consist of accented letters alone, as Cyrillic read as Latin does."""
    words = [word for word in _LATIN_WORD.findall(text) if not word.isascii()]
    nonsense = sum(1 for word in words if _ACCENTED_WORD.match(word))
    return nonsense * 3 > len(words)


def _is_cyrillic_nonsense(text: str) -> bool:
    """Return whether a text looks like one encoding of Cyrillic read as another, or like Latin read as Cyrillic.

    The symptoms are signs instead of letters, capitals inside of words, letters of small languages only, or words of
    two scripts.
    """
    foreign = _FOREIGN.findall(text)
    if len(_CONTROLS.findall(text)) * 10 > len(foreign):
        return True
    if sum(1 for letter in foreign if letter.isalpha()) * 4 < len(foreign) * 3:
        return True
    words = _CYRILLIC_WORD.findall(text)
    odd = sum(1 for word in words if _CAPITAL_INSIDE.search(word) or _TWO_SCRIPTS.search(word))
    upright = sum(1 for word in words if word[0].isupper() and word[1:].islower())
    rare = len(_RARE.findall(text))
    signs = len(_SIGN_INSIDE.findall(text))
    shouted = sum(1 for word in words if word[1:].isupper())
    return (
        odd * 3 > len(words)
        or odd > upright
        or (odd > 0 and shouted * 2 > len(words))
        or rare * 6 > len(foreign)
        or signs > 1
    )
