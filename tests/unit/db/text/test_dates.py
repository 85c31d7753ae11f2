"""How dates are written in all languages of our outlets, and what is no date: one table of spellings."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.text.dates import ParsedDate, fault_in, find_moments, impossible_day, parse_date

MONTHS_IN_WORDS = (
    # shape with D(ay), M(onth), Y(ear); twelve names
    ("M D, Y", "January February March April May June July August September October November December"),
    ("D M Y", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
    ("M. D, Y", "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec"),
    ("D M Y г.", "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
    ("M D, Y", "Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь Декабрь"),
    ("D M Y", "янв фев мар апр мая июн июл авг сен окт ноя дек"),
    ("D M. Y г.", "янв февр мар апр мая июн июл авг сент окт нояб дек"),
    ("D M Y года", "ЯНВАРЯ ФЕВРАЛЯ МАРТА АПРЕЛЯ МАЯ ИЮНЯ ИЮЛЯ АВГУСТА СЕНТЯБРЯ ОКТЯБРЯ НОЯБРЯ ДЕКАБРЯ"),
    ("D M Y р.", "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня"),
    ("D M. Y", "січ лют бер квіт трав черв лип серп вер жовт лист груд"),
    ("D M Y", "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"),
    ("D M Y", "OCAK ŞUBAT MART NİSAN MAYIS HAZİRAN TEMMUZ AĞUSTOS EYLÜL EKİM KASIM ARALIK"),
    ("M D, Y", "Ocak Subat Mart Nisan Mayis Haziran Temmuz Agustos Eylul Ekim Kasim Aralik"),
    ("D M Y", "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara"),
    ("Y жылғы D M", "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан"),
    ("Y ж. D M", "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан"),
    ("D M, Y жыл", "Қаңтар Ақпан Наурыз Сәуір Мамыр Маусым Шілде Тамыз Қыркүйек Қазан Қараша Желтоқсан"),
    ("Y жылы D M", "қаңтарда ақпанда наурызда сәуірде мамырда маусымда шілдеде тамызда қыркүйекте қазанда "
     "қарашада желтоқсанда"),
    ("D M. Y ж.", "қаң ақп нау сәу мам мау шіл там қыр қаз қар жел"),
    ("D M Y", "qañtar aqpan nauryz säuır mamyr mausym şılde tamyz qyrküiek qazan qaraşa jeltoqsan"),
    ("Y jylǵy D M", "qańtar aqpan naýryz sáýir mamyr maýsym shilde tamyz qyrkúıek qazan qarasha "
     "jeltoqsan"),
    ("Y-жылдын D-M", "январы февралы марты апрели майы июну июлу августу сентябры октябры ноябры декабры"),
    ("D-M, Y-жыл", "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"),
    ("Y-жылы D-M", "январда февралда мартта апрелде майда июнда июлда августта сентябрда октябрда ноябрда "
     "декабрда"),
    ("Y-yil D-M", "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr"),
    ("Y-yil D-M kuni", "yanvar fevral mart aprel may iyun iyul avgust sentyabr oktyabr noyabr dekabr"),
    ("Y yilning D M", "yanvari fevrali mart apreli may iyuni iyuli avgusti sentabri oktabri noyabri "
     "dekabri"),
    ("D-M, Y", "yan fev mar apr may iyn iyl avg sen okt noy dek"),
    ("Y йил D M", "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"),
    ("Y йилнинг D-M", "январи феврали марти апрели май июни июли августи сентябри октябри "
     "ноябри декабри"),
    ("D M соли Y", "январи феврали марти апрели майи июни июли августи сентябри октябри ноябри декабри"),
    ("D M Y", "январ феврал март апрел май июн июл август сентябр октябр ноябр декабр"),
    ("Y-nji ýylyň D-nji M", "ýanwary fewraly marty apreli maýy iýuny iýuly awgusty sentýabry oktýabry noýabry "
     "dekabry"),
    ("D M Y ý.", "ýanwar fewral mart aprel maý iýun iýul awgust sentýabr oktýabr noýabr dekabr"),
    ("D M Y", "ýan few mar apr maý iýun iýul awg sen okt noý dek"),
    ("D M Y-ci il", "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr"),
    ("Y-cü il M D-də", "yanvarın fevralın martın aprelin mayın iyunun iyulun avqustun sentyabrın oktyabrın "
     "noyabrın dekabrın"),
    ("D M Y", "yan fev mar apr may iyn iyl avq sen okt noy dek"),
    ("D M, Yթ.", "հունվարի փետրվարի մարտի ապրիլի մայիսի հունիսի հուլիսի օգոստոսի սեպտեմբերի հոկտեմբերի նոյեմբերի "
     "դեկտեմբերի"),
    ("Y թվականի M D-ին", "հունվարի փետրվարի մարտի ապրիլի մայիսի հունիսի հուլիսի օգոստոսի սեպտեմբերի "
     "հոկտեմբերի նոյեմբերի դեկտեմբերի"),
    ("D M Y", "հնվ փտվ մրտ ապր մյս հնս հլս օգս սեպ հոկ նոյ դեկ"),
    ("Y年M月D日", "1 2 3 4 5 6 7 8 9 10 11 12"),
    ("Y 年 M 月 D 日", "01 02 03 04 05 06 07 08 09 10 11 12"),
    ("D M Y", "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر"),
    ("D M Y", "جنوری فبروری مارچ اپریل می جون جولای اگست سپتمبر اکتوبر نومبر دسمبر"),
    ("D M, Y", "იანვარი თებერვალი მარტი აპრილი მაისი ივნისი ივლისი აგვისტო სექტემბერი ოქტომბერი ნოემბერი დეკემბერი"),
    ("D. M Y", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
    ("le D M Y", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    ("D de M de Y", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
    ("D M Y", "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
)  # fmt: skip

DAY = datetime(2022, 1, 6, tzinfo=UTC)
DAYS = """
2022-01-06 ¦ 2022/01/06 ¦ 2022.01.06 ¦ 2022/1/6 ¦ 2022. 01. 06 ¦ 06.01.2022 ¦ 6.1.2022 ¦ 06/01/2022 ¦ 06-01-2022
20220106 ¦ 06.01.2022 г. ¦ 06.01.2022г ¦ January 6th, 2022 ¦ the 6th of January, 2022
6th January 2022 ¦ 6-го января 2022 года ¦ Четверг, 6 января 2022 ¦ 6 января 2022, четверг ¦ 6 Ocak 2022 Perşembe
06 Ocak 2022, Per ¦ 2022-jan-06 ¦ 06-Jan-2022 ¦ 06/Jan/2022 ¦ 6 января, 2022 ¦ 二〇二二年一月六日 ¦ 2022年1月6日 星期四
1 月 6, 2022 ¦ ２０２２年１月６日 ¦ 2022-01-06+06:00 ¦ 2022-01-06-10:00 ¦ ۶ ژانویه ۲۰۲۲ ¦ 6\u00a0января\u00a02022
\u200e06.01.2022\u200f ¦ 6 январа 2022, 6 янв. 2022 ¦ 06.01.2022 12.03.2023 ¦ 2022. 6 января
Posted on January 6, 2022 by Jane Roe ¦ Дата: 06.01.2022 ¦ le 6 janvier 2022 ¦ 6 января 2022 г.
6 январь, 2022 ¦ 2022 йил 6-январь ¦ 6 қаңтар 2022 ж. ¦ 06.01.2022, 25:00 ¦ 06.01.2022 10:75 ¦ 06.01.2022 13:05 AM
"""

TEN = datetime(2022, 1, 6, 10, tzinfo=UTC)
TENS = """
2022-01-06T10:00:00Z ¦ 2022-01-06T10:00:00.123456Z ¦ 2022-01-06T16:00:00+06:00 ¦ 2022-01-06T16:00+0600
2022-01-06 16:00:00 +06 ¦ 2022-01-06T16:00:00.123456789+06:00 ¦ 2022-01-06 05:00:00-05 ¦ 20220106T100000Z
20220106T160000+0600 ¦ 1641463200 ¦ 1641463200000 ¦ Thu, 06 Jan 2022 10:00:00 GMT ¦ Thu, 6 Jan 2022 10:00 GMT
06 Jan 22 10:00:00 GMT ¦ Thu, 06 Jan 2022 16:00:00 +0600 ¦ Thu, 06 Jan 2022 16:00:00 +0600 (ALMT)
Thu (a comment), 06 Jan 2022 (another) 16:00:00 (third) +0600 ¦ Thu, 06-Jan-22 10:00:00 UTC
Thursday, 06-Jan-2022 10:00:00 GMT ¦ Thu Jan  6 10:00:00 UTC 2022 ¦ Thu Jan 06 16:00:00 +0600 2022
06/Jan/2022:16:00:00 +0600 ¦ Thu Jan 06 2022 16:00:00 GMT+0600 (Central Asia Time) ¦ 06.01.2022 13:00 MSK
06.01.2022 13:00 (МСК) ¦ 06.01.2022 13:00 мск ¦ 06.01.2022 15:00 МСК+2 ¦ 06.01.2022 16:00 UTC+6
06.01.2022 16:00 UTC+06:00 ¦ 06.01.2022 16:00 GMT+6 ¦ 06.01.2022 16:00 GMT +0600 ¦ 06.01.2022 16:00 (UTC+6)
06.01.2022 16:00 +06 ¦ 06.01.2022 16:00 +6 ¦ 06.01.2022 05:00 UTC−5 ¦ 06.01.2022 06:30 UTC-3:30
06.01.2022 16:00 ALMT ¦ 06.01.2022 16:00 KGT ¦ 06.01.2022 15:00 UZT ¦ 06.01.2022 15:00 TJT ¦ 06.01.2022 15:00 TMT
06.01.2022 14:00 AZT ¦ 06.01.2022 14:00 AMT ¦ 06.01.2022 14:00 GET ¦ 06.01.2022 13:00 TRT ¦ 06.01.2022 13:00 TSİ
06.01.2022 15:00 YEKT ¦ 06.01.2022 16:00 OMST ¦ 06.01.2022 17:00 NOVT ¦ 06.01.2022 17:00 KRAT
06.01.2022 18:00 IRKT ¦ 06.01.2022 14:00 SAMT ¦ 06.01.2022 20:00 VLAT ¦ 06.01.2022 13:30 IRST ¦ 06.01.2022 14:30 AFT
06.01.2022 15:00 PKT ¦ 06.01.2022 11:00 CET ¦ 06.01.2022 12:00 CEST ¦ 06.01.2022 12:00 EET ¦ 06.01.2022 13:00 EEST
06.01.2022 10:00 WET ¦ 06.01.2022 11:00 BST ¦ 06.01.2022 05:00 EST ¦ 06.01.2022 06:00 EDT ¦ 06.01.2022 05:00 CDT
06.01.2022 03:00 MST ¦ 06.01.2022 04:00 MDT ¦ 06.01.2022 02:00 PST ¦ 06.01.2022 03:00 PDT ¦ 06.01.2022 05:00 ET
06.01.2022 18:00 HKT ¦ 06.01.2022 19:00 JST ¦ January 6, 2022 5:00 AM EST ¦ Jan 6, 2022, 5 a.m. EST
06.01.2022 16:00 Asia/Almaty ¦ 2022-01-06 16:00 [Asia/Almaty] ¦ 06.01.2022 13:00 по московскому времени
06.01.2022, 13:00 (по Москве) ¦ 06.01.2022 16:00 Astana time ¦ 2022-01-06t10:00:00z ¦ 16:00 +06, 06.01.2022
13:00 МСК, 6 января 2022 ¦ 2022-01-06T10:00:00.000+00:00 ¦ Чт, 06 янв 2022 10:00:00 +0000
2022-01-06T04:00:00-06:00 ¦ 2022-01-06 15:45:00 +05:45
"""

CLOCKS = """
06.01.2022 10:00 ¦ 10:00 06.01.2022 ¦ 10:00, 06.01.2022 ¦ 06.01.2022, 10:00 ¦ 06.01.2022 в 10:00
06.01.2022 - 10:00 ¦ 06.01.2022 | 10:00 ¦ 06.01.2022-10:00 ¦ 06.01.2022 10.00 ¦ 10.00, 06.01.2022
6 января 2022, 10:00 ¦ 6 января 2022 г., в 10:00 ¦ 6 января 2022 года в 10:00 ¦ 6 янв 2022, 10:00
10:00 – 6 января 2022 ¦ 6 Ocak 2022 Perşembe 10:00 ¦ 6 Ocak 2022, saat 10.00 ¦ 6 қаңтар 2022, сағат 10:00
2022 ж. 6 қаңтар, 10:00 ¦ 2022-yil 6-yanvar, soat 10:00 ¦ 6 yanvar 2022, 10:00 ¦ 6 январи соли 2022, соати 10:00
6 yanvar 2022-ci il, saat 10:00 ¦ 6 հունվարի, 2022, ժամը 10:00 ¦ 2022年1月6日 10:00 ¦ 2022年1月6日上午10:00
2022年1月6日 10时00分 ¦ 2022年1月6日 上午10点 ¦ January 6th, 2022 10:00 AM ¦ January 6, 2022 at 10:00 am
Jan 6, 2022 10 a.m. ¦ 6 janvier 2022 à 10h00 ¦ 6. Januar 2022, 10:00 Uhr ¦ 2022-01-06T10:00
2022-01-06T10:00:00 ¦ 2022-01-06 10:00:00.5
20220106100000 ¦ 202201061000 ¦ Thu Jan  6 10:00:00 2022 ¦ Thu, 06 Jan 2022 10:00:00 XYZT
Thu, 06 Jan 2022 10:00:00 IST ¦ 06.01.2022 10:00 QQQ ¦ 06.01.2022 10:00 Reuters ¦ 6 января 2022 10:00-12:00
06.01.2022 10:00 12.03.2023 12:00 ¦ 6 января 2022 10:00 | 12 марта 2023 12:00 ¦ 10:00 06.01.2022, 12:00 12.03.2023
"""

NO_DATES = """
soon ¦ yesterday ¦ вчера, 10:30 ¦ 2 hours ago ¦ 10:30 ¦ 99 ¦ 2022 ¦ 2022-01 ¦ January 2022 ¦ 6 January ¦ 06.01
06.01.22 ¦ 0000-00-00 ¦ 0001-01-01T00:00:00Z ¦ 1970-01-01T00:00:00Z ¦ 1989-12-31 ¦ 9999-12-31 ¦ 2101-01-01
2022-13-45 ¦ 31.02.2022 ¦ 2022-02-30 ¦ 30 февраля 2022 ¦ 0 января 2022 ¦ 32 января 2022 ¦ 13/13/2022
Marriage 6, 2022 ¦ Martin 6, 2022 ¦ Mayor 6, 2022 ¦ Junior 6, 2022 ¦ 6 marches 2022 ¦ 6 декларация 2022
6 мартышка 2022 ¦ 6 августовский 2022 ¦ 6 ocakbaşı 2022 ¦ 6 Novak 2022 ¦ 6 апреликс 2022 ¦ Decent 5, 2021
Marta 6, 2022 ¦ Maya 6, 2022 ¦ Augusta 6, 2022 ¦ 6 sentence 2022 ¦ 6 Foo 2022 ¦ 5 человек 2022 ¦ 6–7 января 2022
6-7 January 2022 ¦ 1/6/2022 1:05 PM ¦ 01/06/2022 10:00 AM ¦ 1641463 ¦ 123456789012 ¦ 20221345 ¦ 192.168.1.2022
Room 6, May Hall 2022 ¦ 06.01/2022
"""

ODD = {
    "06.01.2022 24:00": ParsedDate(at=DAY + timedelta(days=1), is_day=False, has_zone=False),
    "2022-01-06T24:00:00Z": ParsedDate(at=DAY + timedelta(days=1), is_day=False, has_zone=True),
    "06.01.2022 24:01": ParsedDate(at=DAY, is_day=True, has_zone=False),
    "06.01.2022 10:00 PM": ParsedDate(at=TEN + timedelta(hours=12), is_day=False, has_zone=False),
    "06.01.2022 12:00 AM": ParsedDate(at=DAY, is_day=False, has_zone=False),
    "06.01.2022 12:00 PM": ParsedDate(at=TEN + timedelta(hours=2), is_day=False, has_zone=False),
    "06.01.2022 22:00 PM": ParsedDate(at=TEN + timedelta(hours=12), is_day=False, has_zone=False),
    "2022年1月6日 下午10:00": ParsedDate(at=TEN + timedelta(hours=12), is_day=False, has_zone=False),
    "2022-01-06T02:00+06:00": ParsedDate(at=DAY - timedelta(hours=4), is_day=False, has_zone=True),
    "31.12.1989 23:00 -0600": None,
    "06.01.2022 10:00:60": ParsedDate(at=TEN + timedelta(seconds=59), is_day=False, has_zone=False),
    "1/25/2022 1:05 pm": ParsedDate(at=datetime(2022, 1, 25, 13, 5, tzinfo=UTC), is_day=False, has_zone=False),
    "Sun, 08/07/2022 - 10:00": ParsedDate(at=TEN.replace(month=8, day=7), is_day=False, has_zone=False),
    "Вс, 08/07/2022": ParsedDate(at=DAY.replace(month=8, day=7), is_day=True, has_zone=False),
    "Fri, 08/07/2022": ParsedDate(at=DAY.replace(month=7, day=8), is_day=True, has_zone=False),
    "1994 ж. 6 қаңтар": ParsedDate(at=DAY.replace(year=1994), is_day=True, has_zone=False),
    "06 Jan 94 10:00:00 GMT": ParsedDate(at=TEN.replace(year=1994), is_day=False, has_zone=True),
}


def spellings() -> list[tuple[str, ParsedDate | None]]:
    """Return every spelling with what it means."""
    rows: list[tuple[str, ParsedDate | None]] = []
    for shape, names in MONTHS_IN_WORDS:
        for month, name in enumerate(names.split(), 1):
            text = "".join({"D": "6", "M": name, "Y": "2022"}.get(letter, letter) for letter in shape)
            rows.append((text, ParsedDate(at=DAY.replace(month=month), is_day=True, has_zone=False)))
    rows += [(text, ParsedDate(at=DAY, is_day=True, has_zone=False)) for text in several(DAYS)]
    rows += [(text, ParsedDate(at=TEN, is_day=False, has_zone=True)) for text in several(TENS)]
    rows += [(text, ParsedDate(at=TEN, is_day=False, has_zone=False)) for text in several(CLOCKS)]
    return rows + [(text, None) for text in several(NO_DATES)] + [(text, moment) for text, moment in ODD.items()]


def several(block: str) -> list[str]:
    return [text for line in block.strip().split("\n") for text in line.split(" ¦ ")]


@pytest.mark.parametrize(("text", "moment"), spellings())
def test_a_spelling_of_a_date(text: str, moment: ParsedDate | None) -> None:
    assert parse_date(text) == moment


def test_the_table_is_as_large_as_it_says() -> None:
    assert len({text for text, _ in spellings()}) >= 800


@pytest.mark.parametrize(
    ("text", "month_first", "expected"),
    [
        ("01/06/2022", True, DAY),
        ("01-06-2022", True, DAY),
        ("1/6/2022 10:00 AM", True, TEN),
        ("6/1/2022 10:00 AM", False, TEN),
        ("06.01.2022", True, DAY),
        ("06/01/2022", None, DAY),
        ("13/06/2022", True, DAY.replace(month=6, day=13)),
        ("Thu, 01/06/2022", None, DAY),
        ("Thu, 06/01/2022 10:00 AM", None, TEN),
        ("06/01/2022 (Thursday)", True, DAY),
    ],
)
def test_the_month_is_first_where_that_is_sure(text: str, month_first: bool | None, expected: datetime) -> None:
    moment = parse_date(text, month_first=month_first)
    assert moment is not None
    assert moment.at == expected


def test_a_clock_keeps_how_far_east_it_was_read_and_that_its_zone_is_unknown() -> None:
    east, unknown = parse_date("2022-01-06T16:00:00+06:00"), parse_date("06.01.2022 10:00 XYZT")
    assert east is not None
    assert unknown is not None
    assert (east.offset, east.zone_is_unknown) == (timedelta(hours=6), False)
    assert (unknown.offset, unknown.zone_is_unknown, unknown.has_zone) == (timedelta(), True, False)


def test_what_lies_after_the_day_of_reading_is_no_date_for_who_says_that_day() -> None:
    assert parse_date("2022-01-06T10:00:00Z", latest=TEN) is not None
    assert parse_date("2022-01-06T10:00:01Z", latest=TEN) is None


def test_all_moments_of_a_text_are_found_with_their_places() -> None:
    text = "Опубликовано: 6 января 2022, 10:00. Обновлено: 12 марта 2023, 12:00"
    first, second = find_moments(text)
    assert text[first.start : first.end] == "6 января 2022, 10:00"
    assert text[second.start : second.end] == "12 марта 2023, 12:00"
    assert first.moment.at == TEN


def test_moscow_was_four_hours_ahead_for_some_years() -> None:
    then, now = parse_date("06.01.2012 14:00 MSK"), parse_date("06.01.2022 13:00 MSK")
    assert then is not None
    assert now is not None
    assert (then.at, now.at) == (TEN.replace(year=2012), TEN)


@pytest.mark.slow
@given(st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30), timezones=st.timezones()))  # noqa: DTZ001
def test_iso_dates_read_back(moment: datetime) -> None:
    written = moment.astimezone(UTC).replace(microsecond=0)
    assert parse_date(written.isoformat()) == ParsedDate(at=written, is_day=False, has_zone=True)


@given(st.text(max_size=200) | st.text("0123456789 .:/-+TZ()年月日janяраг,", max_size=200))
def test_any_text_is_a_date_in_range_or_none(text: str) -> None:
    moment = parse_date(text)
    assert moment is None or (1990 <= moment.at.year <= 2100 and moment.at.utcoffset() is not None)
    found = list(find_moments(text))
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1970-01-01", "1970-01-01"),
        ("1970-01-01T00:00:00Z", "1970-01-01"),
        ("0001-01-01T00:00:00+23:00", "0001-01-01"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01"),
        ("1 января 1970 года", "1970-01-01"),
        ("01.01.1970 00:00", "1970-01-01"),
        ("1 Ocak 1970", "1970-01-01"),
        ("1970年1月1日", "1970-01-01"),
        ("19700101", "1970-01-01"),
        ("29 February 1988", "1988-02-29"),
        ("31.12.9999", "9999-12-31"),
        ("0", "1970-01-01"),
        ("0000-00-00 00:00:00", "1970-01-01"),
        ("2022-01-06", None),
        ("22.06.1941, told on 06.01.2022", None),
        ("In 1941 there was no lake", None),
        ("29 February 1987", None),
        ("phone 312 1970", None),
        ("", None),
    ],
)
def test_a_day_of_another_age_is_told_from_no_day(text: str, day: str | None) -> None:
    assert impossible_day(text) == day


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1989-12-31", "the publication date 1989-12-31 is before 1990; taken as missing"),
        ("2022-01-07", "the publication date 2022-01-07 is after tomorrow; taken as missing"),
        ("2135-02-01", "the publication date 2135-02-01 is after tomorrow; taken as missing"),
        ("2022-01-06", None),
        ("no date", None),
    ],
)
def test_why_a_date_is_none_of_publication_is_said_in_one_way(text: str, fault: str | None) -> None:
    assert fault_in(text, latest=TEN) == fault


@given(st.text(max_size=400) | st.text("0123456789 .:/-+年月日янв", max_size=400))
def test_any_text_is_of_another_age_or_not(text: str) -> None:
    day = impossible_day(text)
    assert day is None or not "1990" <= day[:4] <= "2100"
