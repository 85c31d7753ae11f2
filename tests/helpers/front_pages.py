"""Invented front and section pages of twelve shapes, each with the addresses of its articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from urllib.parse import quote

ENGLISH = (
    "Border talks resume in the valley after two quiet months",
    "Ministers agree on a shared water timetable for spring",
    "Observers arrive for joint drills near the eastern pass",
    "Rail link to the southern port moves a step closer",
    "Parliament delays its vote on the new patrol law",
    "Herders ask for open gates as the snow comes early",
    "Envoy calls the alliance meeting frank and useful",
    "Customs posts to stay open through the night in December",
    "Power plant restarts after a week of repairs in the north",
    "Study finds fewer landslides where the forests were replanted",
    "Trade council names its first secretary from the highlands",
    "Old fortress reopens as a museum of the caravan roads",
)
RUSSIAN = (
    "Переговоры о границе в долине возобновились после паузы",
    "Министры согласовали общий график полива на весну",
    "Наблюдатели прибыли на совместные учения у восточного перевала",
    "Железная дорога к южному порту стала на шаг ближе",
    "Парламент отложил голосование по закону о патрулях",
    "Чабаны просят открыть ворота из-за раннего снега",
    "Посланник назвал встречу союза откровенной",
    "Таможни будут работать по ночам до конца года",
    "Станция на севере снова даёт ток после ремонта",
    "Учёные насчитали меньше оползней в новых лесах",
)
KAZAKH = (
    "Алқаптағы шекара келіссөздері үзілістен кейін жалғасты",
    "Министрлер көктемгі суару кестесін бірге бекітті",
    "Бақылаушылар шығыс асудағы бірлескен жаттығуға келді",
    "Оңтүстік портқа баратын теміржол бір қадам жақындады",
    "Парламент күзет туралы заңға дауыс беруді кейінге қалдырды",
    "Малшылар ерте түскен қарға байланысты қақпаны ашуды сұрады",
    "Солтүстіктегі стансы жөндеуден кейін қайта іске қосылды",
    "Ескі бекініс керуен жолдарының мұражайы болып ашылды",
)
TURKISH = (
    "Vadideki sınır görüşmeleri iki aylık aradan sonra başladı",
    "Bakanlar bahar için ortak sulama takvimi üzerinde anlaştı",
    "Gözlemciler doğu geçidindeki ortak tatbikata geldi",
    "Güney limanına giden demiryolu bir adım daha yaklaştı",
    "Meclis yeni devriye yasasının oylamasını erteledi",
    "Çobanlar erken gelen kar için kapıların açılmasını istedi",
    "Elçi ittifak toplantısını açık ve yararlı buldu",
    "Eski kale kervan yollarının müzesi olarak açıldı",
)
ARMENIAN = (
    "Հովտում սահմանային բանակցությունները վերսկսվեցին ընդմիջումից հետո",
    "Նախարարները հաստատեցին գարնան ջրի ընդհանուր ժամանակացույցը",
    "Դիտորդները ժամանեցին արևելյան լեռնանցքի համատեղ վարժանքներին",
    "Դեպի հարավային նավահանգիստ երկաթուղին մեկ քայլ մոտեցավ",
    "Խորհրդարանը հետաձգեց պարեկության օրենքի քվեարկությունը",
    "Հին ամրոցը վերաբացվեց որպես քարավանների թանգարան",
)
CHINESE = (
    "谷地边界会谈在两个月后恢复",
    "各国部长商定春季共同供水时间表",
    "观察员抵达东部山口参加联合演习",
    "通往南部港口的铁路又近一步",
    "议会推迟对新巡逻法的表决",
    "北部电站检修一周后重新启动",
    "古堡作为商队之路博物馆重新开放",
)
UZBEK = (
    "Vodiydagi chegara muzokaralari ikki oylik tanaffusdan keyin tiklandi",
    "Vazirlar bahorgi umumiy sug‘orish jadvalini kelishib oldi",
    "Kuzatuvchilar sharqiy dovondagi qo‘shma mashg‘ulotga keldi",
    "Janubiy portga temir yo‘l yana bir qadam yaqinlashdi",
    "Parlament yangi qonun bo‘yicha ovoz berishni kechiktirdi",
    "Eski qal’a karvon yo‘llari muzeyi sifatida ochildi",
)
TAJIK = (
    "Музокироти марзӣ дар водӣ пас аз танаффус идома ёфт",
    "Вазирон ҷадвали умумии обёрии баҳорро тасдиқ карданд",
    "Нозирон ба машқҳои муштарак дар ағбаи шарқӣ омаданд",
    "Роҳи оҳан ба бандари ҷанубӣ як қадам наздик шуд",
    "Парлумон овоздиҳиро барои қонуни нав ба таъхир гузошт",
    "Қалъаи кӯҳна ҳамчун осорхона дубора кушода шуд",
)


@dataclass(frozen=True, slots=True)
class FrontPage:
    """An invented page."""

    name: str
    url: str
    body: bytes
    content_type: str
    articles: frozenset[str]
    """The absolute addresses of its articles, as it spells them."""


def slug(headline: str) -> str:
    """Return a headline as the last part of an address."""
    return "-".join("".join(letter for letter in word if letter.isalnum()) for word in headline.lower().split())


def _page(
    name: str,
    url: str,
    items: Sequence[tuple[str, str]],
    around: Callable[[str], str],
    charset: str = "utf-8",
) -> FrontPage:
    """Return a page: `items` are (address, its markup), `around` sets their markup into the page."""
    host = "/".join(url.split("/")[:3])
    body = around("\n".join(markup for _, markup in items))
    articles = frozenset(address if "://" in address else host + address for address, _ in items)
    return FrontPage(name, url, body.encode(charset, "xmlcharrefreplace"), f"text/html; charset={charset}", articles)


def _links(*pairs: tuple[str, str]) -> str:
    return "".join(f'<li><a href="{address}">{words}</a></li>' for address, words in pairs)


def blog() -> FrontPage:
    """Return a page of dated addresses with tags, authors, comments and paging."""
    items = []
    for day, headline in zip(count(1), ENGLISH, strict=False):
        address = f"/2026/11/{day:02}/{slug(headline)}/"
        items.append(
            (
                address,
                f'<article class="post-{day} hentry"><a href="{address}"><img src="/i/{day}.jpg" alt=""></a>'
                f'<h2 class="entry-title"><a href="{address}" rel="bookmark">{headline}</a></h2>'
                f'<span class="byline">by <a href="/author/nobody-known/">Nobody Known</a></span>'
                f'<time datetime="2026-11-{day:02}T08:00:00Z">Nov {day}</time>'
                f"<p>Some words of the lead follow here.</p>"
                f'<a href="{address}#comments">3 comments</a> <a href="/tag/valley/">valley</a>'
                f'<a class="more-link" href="{address}">Read more</a></article>',
            )
        )
    menu = _links(("/", "Home"), ("/category/politics/", "Politics"), ("/about-us/", "About us"), ("/shop/", "Shop"))
    side = _links(("/2026/11/", "November 2026"), ("/2026/10/", "October 2026"), ("/feed/", "RSS"))
    return _page(
        "blog",
        "https://herald.example/",
        items,
        lambda main: (
            f'<html><body class="home nav-open"><header><nav><ul>{menu}</ul></nav></header><main>{main}</main>'
            f'<div class="pagination"><a href="/page/2/">Older posts</a></div><aside><ul>{side}</ul></aside>'
            '<footer><a href="/privacy-policy/">Privacy policy of the Herald and its partners</a></footer>'
            "</body></html>"
        ),
    )


def numbered() -> FrontPage:
    """Return a list of numbers as addresses, with clock times beside the headlines."""
    items = [
        (
            f"/news/{98000 + n}",
            f'<div class="line"><span class="time">1{n % 10}:05</span> <a href="/news/{98000 + n}">{h}</a></div>',
        )
        for n, h in enumerate(RUSSIAN)
    ]
    menu = _links(("/news", "Новости"), ("/politics", "Политика"), ("/rubric/7", "Общество"), ("/search/", "Поиск"))
    foot = _links(("/contacts", "Контакты"), ("/page/about", "О редакции"), ("/reklama", "Реклама на сайте агентства"))
    return _page(
        "numbered",
        "https://vesti.example/news",
        items,
        lambda main: (
            f'<ul class="menu">{menu}</ul><div class="lenta">{main}</div><div class="pager">'
            f'<a href="/news?page=2">2</a><a href="/news?page=3">3</a></div><ul class="footer">{foot}</ul>'
        ),
    )


def cyrillic() -> FrontPage:
    """Return addresses spelled in Cyrillic letters, half of them percent-encoded."""
    items = []
    for n, headline in enumerate(RUSSIAN):
        name = slug(headline)
        address = f"/новости/{name}" if n % 2 else quote(f"/новости/{name}")
        items.append((address, f'<li class="item"><h3><a href="{address}">{headline}</a></h3></li>'))
    menu = _links(("/новости", "Новости"), ("/теги/вода", "Вода"), ("/о-нас", "О нас"), ("/авторы/иванов", "Иванов"))
    return _page(
        "cyrillic",
        "https://долина.example/",
        items,
        lambda main: (
            f"<nav>{menu}</nav><ul>{main}</ul><a href='https://t.me/share/url?url=x'>Поделиться ссылкой в сети</a>"
        ),
    )


def cards() -> FrontPage:
    """Return cards that are links as a whole: picture, section, headline, date and lead."""
    items = []
    for n, headline in enumerate(KAZAKH):
        address = f"/kz/maqala/{slug(headline)[:30].rstrip('-')}-{5100 + n}/"
        items.append(
            (
                address,
                f'<a class="card" href="{address}"><img alt="сурет"><span class="cat">Саясат</span><h3>{headline}</h3>'
                f'<time datetime="2026-11-2{n}">2{n} қараша</time><p>Толығырақ мәтін осында бірнеше сөзбен.</p></a>',
            )
        )
    menu = _links(("/kz/", "Басты бет"), ("/kz/sayasat/", "Саясат"), ("/ru/", "Русский"), ("/en/", "English"))
    return _page(
        "cards",
        "https://alqap.example/kz/",
        items,
        lambda main: (
            f'<header>{menu}<a href="/kz/login">Кіру</a></header><div class="grid">{main}</div>'
            '<div class="tags"><a href="/kz/tag/su">су</a>'
            '<a href="/kz/tag/shekara">шекара мен су туралы айдар</a></div>'
        ),
    )


def turkish() -> FrontPage:
    """Return slugs that end in a number, a slider and a list of the most read."""
    items = [
        (
            f"/haber/{slug(h)}-{20260 + n}",
            f'<div class="swiper-slide"><a href="/haber/{slug(h)}-{20260 + n}" title="{h}"><img alt="{h}"></a></div>'
            if n < 3
            else f'<li><b>{n}</b><a href="/haber/{slug(h)}-{20260 + n}">{h}</a></li>',
        )
        for n, h in enumerate(TURKISH)
    ]
    menu = _links(("/gundem", "Gündem"), ("/dunya", "Dünya"), ("/yazarlar", "Yazarlar"), ("/kunye", "Künye"))
    return _page(
        "turkish",
        "https://gecit.example/",
        items,
        lambda main: (
            f'<div id="mainMenu">{menu}</div>{main}<a href="/etiket/su">su</a>'
            '<a href="/yazarlar/kimse-bilinmez">Kimse Bilinmez</a><a href="/video-galeri">Video</a>'
            '<a href="/files/rapor-2026-yili-degerlendirmesi.pdf">2026 yılı değerlendirme raporu dosyası</a>'
        ),
    )


def armenian() -> FrontPage:
    """Return numbers under a language, with the same numbers in other languages."""
    items = [
        (
            f"/hy/article/{330100 + n}",
            f'<div class="n"><a href="/hy/article/{330100 + n}">{h}</a><i class="date">29.11.2026</i></div>',
        )
        for n, h in enumerate(ARMENIAN)
    ]
    menu = _links(("/hy", "Գլխավոր"), ("/hy/section/1", "Քաղաքականություն"), ("/ru", "Рус"), ("/en", "Eng"))
    return _page(
        "armenian",
        "https://hovit.example/hy",
        items,
        lambda main: (
            f'<div class="topbar"><ul>{menu}</ul></div>{main}'
            f'<div class="footer"><a href="/hy/page/about">Մեր մասին</a></div>'
        ),
    )


def chinese() -> FrontPage:
    """Return short headlines without spaces, dates in the addresses, sections on other hosts."""
    items = [
        (
            f"/n1/2026/1129/c100{n}-4022{n}222.html",
            f"<li><a href='/n1/2026/1129/c100{n}-4022{n}222.html' target='_blank'>{h}</a></li>",
        )
        for n, h in enumerate(CHINESE)
    ]
    menu = "".join(
        f"<a href='{a}'>{w}</a>" for a, w in (("/GB/1", "时政"), ("/GB/2", "国际"), ("/map.html", "网站地图"))
    )
    return _page(
        "chinese",
        "http://gudi.example/",
        items,
        lambda main: (
            f"<div class='nav'>{menu}<a href='http://bbs.gudi.example/'>论坛</a></div><ul class='list14'>{main}</ul>"
            "<div class='copyright'><a href='/abouts/index.html'>关于我们的网站和服务说明</a></div>"
        ),
    )


def queries() -> FrontPage:
    """Return a page of tables in windows-1251 whose addresses differ by a number in the query."""
    items = [
        (
            f"/index.php?newsid={4400 + n}",
            f'<tr><td>29.11.2026</td><td><a href="index.php?newsid={4400 + n}">{h}</a></td></tr>',
        )
        for n, h in enumerate(RUSSIAN)
    ]
    menu = "".join(
        f'<td><a href="{a}">{w}</a></td>'
        for a, w in (
            ("index.php", "Главная"),
            ("index.php?do=lastnews", "Последние новости сайта за неделю"),
            ("index.php?cat=5", "Экономика"),
            ("index.php?do=register", "Регистрация"),
        )
    )
    return _page(
        "queries",
        "http://stancia.example/",
        items,
        lambda main: (
            f"<html><head><meta charset=windows-1251></head><body><table><tr>{menu}</tr></table>"
            f"<table border=1>{main}</table><a href='index.php?cstart=2'>2</a></body></html>"
        ),
        "windows-1251",
    )


def government() -> FrontPage:
    """Return slugs without number or date beside long names of departments."""
    items = [
        (
            f"/en/events/{slug(h)}",
            f'<div class="event__item"><div class="event__date">November {20 + n % 9}, 2026</div>'
            f'<a class="event__title" href="/en/events/{slug(h)}">{h}</a></div>',
        )
        for n, h in enumerate(ENGLISH)
    ]
    menu = _links(
        ("/en/events", "Events"),
        ("/en/administration", "Administration"),
        ("/en/council", "Security Council"),
        ("/en/administration/department-of-internal-affairs", "Department of Internal Affairs"),
        ("/ru/events", "Рус"),
    )
    return _page(
        "government",
        "https://presidency.example/en/events",
        items,
        lambda main: (
            f'<div class="main-menu"><ul>{menu}</ul></div><section>{main}</section>'
            '<ul class="pagination"><li><a href="/en/events?page=2" rel="next">2</a></li></ul>'
            '<div class="footer"><a href="/en/copyright">All rights reserved: use of materials needs a link</a></div>'
        ),
    )


def dated() -> FrontPage:
    """Return one-word slugs under dates."""
    items = [
        (
            f"/oz/2026/11/29/{slug(h).split('-')[-1]}/",
            f'<div class="nblock"><h4><a href="/oz/2026/11/29/{slug(h).split("-")[-1]}/">{h}</a></h4>'
            f'<div class="ndt">Bugun, 1{n}:20</div></div>',
        )
        for n, h in enumerate(UZBEK)
    ]
    menu = _links(
        ("/oz/politics/", "Siyosat"),
        ("/oz/society/", "Jamiyat"),
        ("/ru/", "Рус"),
        ("/oz/list/news/", "Barcha yangiliklar"),
    )
    return _page(
        "dated",
        "https://vodiy.example/oz/",
        items,
        lambda main: f'<div class="head-menu">{menu}</div>{main}<a href="/oz/2026/11/28/">Kechagi yangiliklar</a>',
    )


def buttons() -> FrontPage:
    """Return headlines outside of the links: a picture and a button lead to the article."""
    items = [
        (
            f"/posts/65fa{n}0c1d2e3f4a5b6c7d8{n}9",
            f'<div class="post"><a href="/posts/65fa{n}0c1d2e3f4a5b6c7d8{n}9"><img src="/p{n}.webp"></a><div>'
            f"<h3>{h}</h3>"
            f"<p>Хабар дар ин ҷо.</p>"
            f'<a class="btn" href="/posts/65fa{n}0c1d2e3f4a5b6c7d8{n}9">Муфассал</a></div></div>',
        )
        for n, h in enumerate(TAJIK)
    ]
    menu = _links(("/siyosat", "Сиёсат"), ("/iqtisod", "Иқтисод"), ("/tamos", "Тамос"))
    return _page(
        "buttons",
        "https://vodi.example/",
        items,
        lambda main: (
            f'<nav>{menu}</nav><div class="posts">{main}</div>'
            f'<div class="social"><a href="/go?to=net">Мо дар шабака</a></div>'
        ),
    )


def portal() -> FrontPage:
    """Return a crowded page: sections, services, writers, shops and jobs around few articles."""
    items = [
        (
            f"/world/{slug(h)}-a-{71000 + n}.html",
            f'<div class="teaser teaser--{n}"><h3><a href="/world/{slug(h)}-a-{71000 + n}.html">'
            f'<span class="kicker">Valley</span> {h}</a></h3></div>',
        )
        for n, h in enumerate(ENGLISH)
    ]
    sections = _links(
        *(
            (f"/{a}/{b}", f"{a} {b}".title())
            for a in ("world", "sport", "money")
            for b in ("news", "live", "more", "asia")
        )
    )
    services = _links(
        ("/service/horoscope", "Horoscope"),
        ("/weather/", "Weather"),
        ("/subscribe/digital", "Subscribe to our digital edition now"),
    )
    writers = "".join(f'<a href="/authors/writer-number-{n}">Writer Number {n}</a>' for n in range(9))
    return _page(
        "portal",
        "https://portal.example/",
        items,
        lambda main: (
            f'<header><nav class="megamenu"><ul>{sections}</ul></nav></header><div class="main">{main}</div>'
            f'<div class="authors-list">{writers}</div><ul>{services}</ul>'
            '<div class="jobs">'
            '<a href="https://jobs.portal.example/job/head-of-the-valley-office-4711">'
            "Head of the valley office</a></div>"
            '<footer><a href="https://other.example/2026/11/29/a-story-of-another-outlet-entirely">'
            "A story of another outlet entirely</a></footer>"
        ),
    )


PAGES = (blog, numbered, cyrillic, cards, turkish, armenian, chinese, queries, government, dated, buttons, portal)
