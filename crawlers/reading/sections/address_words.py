"""Words in addresses that tell articles from lists, services and other parts of an outlet. Pure."""

from __future__ import annotations


def _words(several: str) -> frozenset[str]:
    return frozenset(several.split())


ID_KEYS = _words(
    """
    id nid newsid news_id article articleid article_id articleno art aid p post postid story storyid idx itemid item
    cod key no seq docid doc n news_no read idxno artid st
    """
)
PAGING_KEYS = _words(
    """
    page paged pg start offset from pagenum p_page
    """
)

PAGES = _words("page p seite sayfa stranica")
LISTS = _words(
    """
    tag tags category categories cat author authors autor autoren auteur auteurs avtor avtory users profile profiles
    search poisk suche recherche login signin sign-in signup register account konto auth logout cart checkout shop
    share sharer print feed feeds rss sitemap wp-login wp-admin wp-content wp-json label labels keyword keywords
    hashtag contributor contributors columnist columnists archive-list calendar teg tegi tegs yazar yazarlar etiket
    mualliflar muallif avtorlar bookmark favorites redirect out click banner comments coupon coupons gutscheine
    sponsored sponsored-content advertorial advertorials partner-content partnercontent branded-content paid-content
    brandvoice anzeige anzeigen promo
    """
)
SECTIONS = _words("cat category categories")
"""Lists that are sections; articles may be filed below them."""
LOOSE_LISTS = _words(
    """
    topic topics theme themes tema temy thema themen rubric rubrics rubrika rubrik section sections user people
    person persons staff store by go ads encyclopedia job jobs journalists dossier dossiers hub
    """
)
"""Words of lists that also stand in the addresses of articles."""
SIDE_HOSTS = _words(
    """
    forum forums shop store community jobs job mail help support account accounts login auth id ads my profile
    subscribe abo epaper radio tv video media static img images cdn api status click go weather games archive
    karriere career careers stellenmarkt rabota vacancy vacancies immobilien anzeigen reklama trauer
    """
)
AUTHOR_WORDS = _words("author autor auteur avtor yazar muallif profile reporter")
"""First words of the address of a person: `author-jane-doe-4711`."""
SERVICE_WORDS = _words(
    """
    rss feeds newsletter newsletters podcasts whatsapp telegram abonnieren abonnement subscribe subscription podpiska
    abonelik obuna zhazylu leserbrief leserbriefe inserate kreuzwortraetsel crossword sudoku horoskop impressum
    datenschutz privacy nutzungsbedingungen agb kontakt contact kontaktmoeglichkeiten iletisim condiciones suscripciones
    """
)
"""Words of addresses about the outlet itself; an article may have one, too, but then with a headline."""
SERVICE = _words(
    """
    about about-us contact contacts contact-us kontakt kontakty impressum imprint privacy privacy-policy datenschutz
    terms terms-of-use terms-of-service legal disclaimer cookies cookie-policy advertise advertising advertisement
    ads reklama subscribe subscription subscriptions abo abonnement newsletter newsletters jobs careers career
    vacancies help faq support donate team redaktion redakciya redaktsiya editorial feedback accessibility sitemap
    podcasts weather pogoda wetter horoscope tv-programm radio live games crossword mobile apps app rules copyright
    kunye hakkimizda iletisim biz-haqimizda reglement nas onas o-nas about-project kundenservice agb epaper e-paper
    """
)
ARTICLE_WORDS = _words(
    """
    news article articles story stories post posts artikel archives a novosti novost statya stati haber haberler
    xeber xeberler habar habarlar janalyk zhanalyk kaba khabar doc view read show detail details releases release
    press publications publication analytics clanek article-view articleshow news-story events event materials
    yangiliklar xabar akhbor lenta
    """
)
