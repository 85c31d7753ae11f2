"""In which encoding a feed is read, whatever it says. All texts here are invented."""

from __future__ import annotations

import codecs
from itertools import product

import pytest

from crawlers.reading.parse import ParsedFeed, parse_feed

TITLES = {
    "ru": "Министры обсудили в Астане положение на границе и договорились продолжить разговор",
    "uk": "Міністри обговорили становище на кордоні й домовилися продовжити, їхній посол є гостем",
    "bg": "Министрите обсъдиха положението на границата и се договориха да продължат през пролетта",
    "kk": "Үкімет жаңа бағдарламаны бекітті, өңірлерде әлі де жұмыс орындары ашылады Қазақстанда",
    "ky": "Өкмөт жаңы программаны бекитти, облустарда жумуш орундары ачылат деп билдирди кызмат",
    "tg": "Ҳукумат барномаи навро тасдиқ кард, дар вилоятҳо ҷойҳои корӣ кушода мешаванд, гуфт ӯ",
    "uz": "Hukumat yangi dasturni tasdiqladi, viloyatlarda ish oʻrinlari ochiladi, dedi vazir oʻrinbosari",
    "tr": "Dışişleri bakanları İstanbul'da görüştü; güvenlik, ulaşım ve ticaret başlıkları öne çıktı",
    "az": "Nazirlər gömrük məsələlərini müzakirə etdilər, görüş yazda davam edəcək, şəhər əhalisi sakitdir",
    "hy": "Նախարարները քննարկեցին սահմանի իրավիճակը և պայմանավորվեցին շարունակել գարնանը",
    "fr": "Les présidents se sont rencontrés à Genève ; la sécurité régionale était évoquée dès l'été",
    "zh": "两国部长在湖边的旧海关大楼会面讨论边境局势并同意春天继续会谈",
}
OLD = [
    ("ru", "windows-1251"),
    ("ru", "koi8-r"),
    ("ru", "iso-8859-5"),
    ("ru", "cp866"),
    ("uk", "windows-1251"),
    ("uk", "koi8-u"),
    ("bg", "windows-1251"),
    ("kk", "kz1048"),
    ("tr", "windows-1254"),
    ("fr", "windows-1252"),
]
LABELS = [None, "utf-8", "windows-1251", "koi8-r", "iso-8859-5", "iso-8859-1", "windows-1254", "utf-16", "us-ascii"]


def feed(title: str, label: str | None, *, items: int = 20) -> str:
    said = f' encoding="{label}"' if label else ""
    item = f"<item><title>{title}</title><description>{title}.</description></item>"
    return f'<?xml version="1.0"{said}?>\n<rss version="2.0"><channel><title>c</title>{item * items}</channel></rss>'


def titles(parsed: ParsedFeed) -> set[str | None]:
    return {entry.title for entry in parsed.entries}


@pytest.mark.parametrize(("language", "written"), OLD)
def test_a_false_label_costs_nothing(language: str, written: str) -> None:
    for label, header in product(LABELS, [None, "application/rss+xml; charset=utf-8", "text/xml; charset=ISO-8859-1"]):
        body = feed(TITLES[language], label).encode(written)
        parsed = parse_feed(body, content_type=header, bodies="raw")
        assert (label, header, titles(parsed)) == (label, header, {TITLES[language]})


@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("language", TITLES)
def test_what_the_bytes_prove_is_believed(language: str, written: str) -> None:
    for label, header in product(LABELS, [None, "text/xml", "application/xml; charset=windows-1251"]):
        body = feed(TITLES[language], label).encode(written)
        parsed = parse_feed(body, content_type=header, bodies="raw")
        assert (label, header, titles(parsed)) == (label, header, {TITLES[language]})
        assert (label, header, len(parsed.entries), parsed.problems) == (label, header, 20, ())


@pytest.mark.parametrize("label", ["utf-8", "windows-1251", None])
@pytest.mark.parametrize("language", sorted(set(TITLES) - {"uz"}))
@pytest.mark.parametrize("fault", [b"\xd0", b"\xff", b"\x98", b"\xe2\x80"])
def test_one_bad_byte_costs_one_character(language: str, label: str | None, fault: bytes) -> None:
    body = feed(TITLES[language], label).encode().replace(b".</description>", fault + b"</description>", 1)
    parsed = parse_feed(body, bodies="raw")
    assert titles(parsed) == {TITLES[language]}
    summaries = [entry.summary or "" for entry in parsed.entries]
    assert (summaries[0], set(summaries[1:])) == (f"{TITLES[language]}\ufffd", {f"{TITLES[language]}."})
    assert parsed.problems == ("1 letters could not be read",)


@pytest.mark.parametrize("language", ["ru", "kk", "tr", "hy", "zh"])
@pytest.mark.parametrize("place", range(1, 12))
def test_a_feed_that_is_cut_inside_a_letter_is_read_to_there(language: str, place: int) -> None:
    whole = feed(TITLES[language], "utf-8").encode()
    cut = whole[: whole.rindex(b"<title>") + len(b"<title>") + place]
    parsed = parse_feed(cut, bodies="raw")
    assert {entry.title for entry in parsed.entries[:19]} == {TITLES[language]}


def test_an_item_in_another_encoding_costs_neither_itself_nor_its_neighbours() -> None:
    body = feed(TITLES["kk"], "utf-8").encode()
    guest = f"<item><title>{TITLES['ru']}</title></item>".encode("cp1251")
    parsed = parse_feed(body.replace(b"</channel>", guest * 8 + b"</channel>"), bodies="raw")
    assert titles(parsed) == {TITLES["kk"], TITLES["ru"]}


def test_a_stray_letter_in_an_english_feed_stays_latin() -> None:
    body = feed("A café on the lake", "utf-8").encode("latin-1")
    assert titles(parse_feed(body)) == {"A café on the lake"}


def test_a_mark_before_a_text_in_another_encoding_proves_nothing() -> None:
    body = codecs.BOM_UTF8 + feed(TITLES["ru"], "windows-1251").encode("cp1251")
    assert titles(parse_feed(body)) == {TITLES["ru"]}


@pytest.mark.parametrize(
    "ahead",
    [
        pytest.param("\n \n", id="blank lines"),
        pytest.param("\ufeff\ufeff", id="two marks"),
        pytest.param("\n\ufeff", id="a mark after a line"),
        pytest.param("<br />\n<b>Warning</b>: mysql_connect() in /a.php on line 3<br />\n", id="a server's warning"),
        pytest.param('<?xml version="1.0" encoding="windows-1251"?>', id="two declarations"),
        pytest.param("\x00\x1b", id="control characters"),
    ],
)
def test_what_stands_before_the_feed_costs_nothing(ahead: str) -> None:
    parsed = parse_feed((ahead + feed(TITLES["ru"], "utf-8")).encode(), bodies="raw")
    assert titles(parsed) == {TITLES["ru"]}
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("said", "title"),
    [
        pytest.param("Газ\x0b и вода", "Газ и вода", id="control character"),
        pytest.param("Газ\uffff и вода", "Газ и вода", id="no character"),
        pytest.param("Газ&#11; и&#x1F; вода&#0;", "Газ и вода", id="references to control characters"),
        pytest.param("Газ &#xD83D;&#xDE00; и вода", "Газ 😀 и вода", id="halves of a letter"),
        pytest.param("Газ &#55357;&#56832; и вода", "Газ 😀 и вода", id="halves in decimal"),
        pytest.param("Газ &#1080; вода", "Газ и вода", id="a reference"),
    ],
)
def test_what_xml_forbids_costs_only_itself(said: str, title: str) -> None:
    parsed = parse_feed(feed(said, "utf-8").encode(), bodies="raw")
    assert titles(parsed) == {title}
    assert parsed.problems == ()


def test_xml_1_1_is_read() -> None:
    body = feed(TITLES["ru"], "utf-8").replace('version="1.0"', 'version="1.1"', 1).encode()
    assert (titles(parse_feed(body)), parse_feed(body).problems) == ({TITLES["ru"]}, ())


@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig", "cp1251", "koi8-r"])
def test_a_json_feed_is_read_by_the_same_rules(written: str) -> None:
    body = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": 1, "title": "{TITLES["ru"]}"}}]}}'
    assert titles(parse_feed(body.encode(written))) == {TITLES["ru"]}
