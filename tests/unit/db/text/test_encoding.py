"""Which encoding a page is read in. All texts are invented."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.text.encoding import decode

RUSSIAN = "Министры обсудили на встрече положение на границе и договорились продолжить переговоры весной."
KAZAKH = "Үкімет жаңа бағдарламаны бекітті, өңірлерде жұмыс орындары ашылады деп хабарлады қызмет."
TURKISH = "Dışişleri bakanları İstanbul’da görüştü; güvenlik, ulaşım ve ticaret başlıkları öne çıktı."
FRENCH = "Les présidents se sont rencontrés à Genève ; la sécurité régionale était évoquée dès l'été."


def page(text: str, declared: str | None) -> str:
    meta = f'<meta charset="{declared}">' if declared else ""
    return f"<html><head>{meta}<title>x</title></head><body><p>{text}</p><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "written", "declared", "header"),
    [
        pytest.param(RUSSIAN, "utf-8", "utf-8", None, id="as declared"),
        pytest.param(RUSSIAN, "cp1251", "windows-1251", None, id="windows-1251 as declared"),
        pytest.param(RUSSIAN, "cp1251", "utf-8", None, id="declares utf-8, is windows-1251"),
        pytest.param(RUSSIAN, "utf-8", "windows-1251", None, id="declares windows-1251, is utf-8"),
        pytest.param(RUSSIAN, "utf-8", None, "windows-1251", id="the header lies"),
        pytest.param(RUSSIAN, "cp1251", "utf-8", "utf-8", id="both lie"),
        pytest.param(RUSSIAN, "cp1251", "windows-1251", "ISO-8859-1", id="a server's default header"),
        pytest.param(RUSSIAN, "koi8_r", None, "koi8-r", id="header alone"),
        pytest.param(RUSSIAN, "cp1251", None, None, id="nobody says: windows-1251"),
        pytest.param(RUSSIAN, "koi8_r", None, None, id="nobody says: koi8-r"),
        pytest.param(KAZAKH, "kz1048", None, None, id="nobody says: Kazakh"),
        pytest.param(TURKISH, "cp1254", "utf-8", None, id="declares utf-8, is windows-1254"),
        pytest.param(FRENCH, "cp1252", None, None, id="nobody says: western"),
        pytest.param(RUSSIAN, "utf-8-sig", "windows-1251", "windows-1251", id="byte order mark beats all"),
        pytest.param(RUSSIAN, "utf-16", "utf-8", "utf-8", id="utf-16 with its mark"),
        pytest.param(RUSSIAN, "utf-8", "no-such-charset", "x-unknown", id="unknown names"),
    ],
)
def test_text_survives_whatever_is_declared(text: str, written: str, declared: str | None, header: str | None) -> None:
    body = page(text, declared).encode(written)
    assert text in decode(body, header)


def test_header_beats_the_pages_declaration() -> None:
    body = page(RUSSIAN, "koi8-r").encode("cp1251")
    assert RUSSIAN in decode(body, "windows-1251")


def test_one_broken_letter_does_not_cost_the_page() -> None:
    body = page(RUSSIAN, "utf-8").encode() + b"\xd0"
    assert RUSSIAN in decode(body)


def test_a_piece_from_elsewhere_costs_nothing() -> None:
    whole = page(KAZAKH, "utf-8").encode()
    body = whole.replace(b"</body>", page(RUSSIAN, None).encode("cp1251") + b"</body>")
    assert decode(body).count(KAZAKH) == decode(body).count(RUSSIAN) == 2


@pytest.mark.parametrize("declared", ["windows-1251", "koi8-r", "iso-8859-5", "cp866", "windows-1254", "utf-16"])
@pytest.mark.parametrize("written", ["cp1251", "koi8_r", "iso8859_5", "cp866"])
def test_one_encoding_of_cyrillic_that_says_another(written: str, declared: str) -> None:
    assert RUSSIAN in decode(page(RUSSIAN, declared).encode(written))


@pytest.mark.parametrize("shouted", [RUSSIAN.upper(), "МИД РФ: ОДКБ, ШОС, ЕАЭС. НАТО и ООН."])
def test_capitals_alone_do_not_belie_what_is_declared(shouted: str) -> None:
    assert shouted in decode(page(shouted, "windows-1251").encode("cp1251"))


def test_turkish_that_says_it_is_western() -> None:
    assert TURKISH.replace("’", "'") in decode(page(TURKISH.replace("’", "'"), "iso-8859-1").encode("cp1254"))


def test_icelandic_stays_what_it_says() -> None:
    icelandic = "Þing kom saman í gær; ráðherrar ræddu öryggi á norðurslóðum"
    assert icelandic in decode(page(icelandic, "iso-8859-1").encode("cp1252"))


def test_kazakh_that_says_it_is_russian() -> None:
    assert KAZAKH in decode(page(KAZAKH + " Ғылым.", "windows-1251").encode("kz1048"))


def test_encodings_written_in_ascii_are_believed() -> None:
    body = page("会談は来月も続く", "iso-2022-jp").encode("iso2022_jp")
    assert "会談" in decode(body)


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "windows-1251", "utf-7", "idna", "\x00"]))
@settings(max_examples=60, deadline=None)
def test_no_bytes_make_it_fail(body: bytes, charset: str | None) -> None:
    assert isinstance(decode(body, charset), str)


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщьыъэюяёқғңөұүһі .,", min_size=1, max_size=200))
@settings(max_examples=60, deadline=None)
def test_what_is_utf8_is_read_as_utf8_whatever_is_declared(text: str) -> None:
    assert decode(page(text, "windows-1251").encode(), "koi8-r") == page(text, "windows-1251")
