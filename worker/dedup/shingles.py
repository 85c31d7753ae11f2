"""Text → word hashes → shingles: what two texts are compared by.

A *word* is a run of letters, marks and digits of any script, case folded, diacritics kept. Punctuation separates
words; apostrophes and invisible format characters vanish inside them, so that `O‘zbek`, `O'zbek` and `Oʻzbek`, or a word
with soft hyphens, are one spelling. A Chinese or Japanese character is a word by itself (there are no spaces to go by).

A *shingle* is four words in a row (Broder, “On the resemblance and containment of documents”, 1997), hashed to 64 bits.
A text of one to three words has one shingle, of all its words; a text without words has none.

A word is held in 32 bits: 30 of hash, two that tell what kind of word it is (see `Kind`). The kind is evidence for
telling editions of one template apart (`template.py`); it takes no part in shingles.

Hashing is arithmetic on whole arrays: a code point is looked up once, a word is the weighted sum of its letters.
Everything here is integer arithmetic modulo 2**64, so the same text gives the same numbers on every machine.
`sketch.VERSION` must be raised when any constant below changes.
"""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

