"""Headlines as strangers could write them: in every script, of any length, with all that steers a mail. Invented."""

from __future__ import annotations

import random
from base64 import b64encode

_WORDS = (
    "drills lake bridge chairs summit of the near and",
    "учения мост озеро ОДКБ стулья под Балыкчи в них участвуют",
    "Қазақстан шекара туралы келісті ауданындағы оқиға",
    "Өзбекстан Oʻzbekiston chegara ko‘prik mashgʻulot",
    "Кыргызстан чек ара көпүрө машыгуу өлкө",
    "Тоҷикистон сарҳад ҷӯй кӯҳ машқ",
    "Türkmenistan serhet köpri göl ýygnak",
    "Özbekistan Kırgızistan sınır anlaşması törenle",
    "پل دریاچه می‌روند مرز",
    "桥 湖 演习 椅子 边境",
    "ხიდი ტბა კამურჯ լիճ सेतु झील",
    "e\u0301 o\u0308\u0304 \U0001f469\u200d\U0001f680 \U0001f1f0\U0001f1ff ☕\ufe0f",
)
_FORGED = "drills\r\nBcc: all@office.example\r\n\r\n<b>body</b>"
_STEERING = (
    "=?utf-8?B?" + b64encode(_FORGED.encode()).decode() + "?=",
    "=?utf-8?Q?drills=0D=0ABcc:_all@office.example=0D=0A=0D=0Abody?=",
    "=?us-ascii?q?=0aX-Mine:_1?= =?us-ascii?q?=0d=0aTo:_b@office.example?=",
    "=?koi8-r?B?//8=?= =?no-such-charset?Q?=FF?= =?utf-8?B?%%%?=",
    "=?utf-8?Q?open",
    _FORGED,
    "\rX-Mine: 1\r",
    "a\nTo: b@office.example",
    "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg",
    "\x00\x01\x07\x08\x1b[2J\x7f\x9b",
    "\r\n.\r\nQUIT\r\n",
    "\ud800 \udfff half \udc80",
    "\u202eturned\u2066",
    '"quoted" <a@office.example>, (comment) ; : \\',
    "a" * 1_200,
    "ж" * 700,
    "\u0301" * 300,
    "   ",
)


def headlines(number: int, *, seed: int = 7) -> list[str]:
    """Return so many headlines, from 1 to 10,000 characters long; the same for the same seed."""
    draw = random.Random(seed)
    return [_headline(draw, int(10 ** draw.uniform(0, 4))) for _ in range(number)]


def _headline(draw: random.Random, length: int) -> str:
    scripts = draw.sample(_WORDS, draw.randint(1, 3))
    parts: list[str] = []
    while sum(map(len, parts)) < length:
        parts.append(draw.choice(draw.choice(scripts).split()) if draw.random() < 0.8 else draw.choice(_STEERING))
        parts.append(draw.choice((" ", " ", " ", "", "\u00a0", "  ", " — ", "\t", "\r\n ")))
    return "".join(parts)[: max(1, length)]
