"""Sentences in which names are hard to tell: surnames, namesakes, compounds, letters, capitals. All are invented."""

from __future__ import annotations

from functools import cache

import pytest
from vocabularies import packaged_tagger

from worker.tagging.tagger import Tagger

# language, sentence, entities that must be tagged, entities that must not
SURNAMES = (
    ("ru", "Визит Мирзиёева в Астану отложен.", "shavkat-mirziyoyev", "saida-mirziyoyeva"),
    ("ru", "Встреча Токаева и Мирзиёева прошла вечером.", "shavkat-mirziyoyev", "saida-mirziyoyeva"),
    ("ru", "Саида Мирзиёева открыла форум. Мирзиёева говорила час.", "saida-mirziyoyeva", "shavkat-mirziyoyev"),
    ("ru", "Зироат Мирзиёева открыла школу. Мирзиёева уехала.", "", "shavkat-mirziyoyev saida-mirziyoyeva"),
    ("ru", "Эпоха Назарбаева ушла.", "nursultan-nazarbayev", "dariga-nazarbayeva"),
    ("ru", "Дарига Назарбаева сдала мандат. Назарбаева молчит.", "dariga-nazarbayeva", "nursultan-nazarbayev"),
    ("ru", "Алия Назарбаева дала интервью.", "", "nursultan-nazarbayev dariga-nazarbayeva"),
    ("ru", "Людмила Путина дала интервью. Путина помнит Дрезден.", "", "vladimir-putin"),
    ("ru", "По словам Путина, газ пойдёт.", "vladimir-putin", ""),
    ("en", "Nazarbayeva left the Senate.", "dariga-nazarbayeva", "nursultan-nazarbayev"),
    ("kk", "Дариға Назарбаева сөйледі.", "dariga-nazarbayeva", "nursultan-nazarbayev"),
    ("ky", "Дарига Назарбаева келди.", "dariga-nazarbayeva", "nursultan-nazarbayev"),
)
NAMESAKES = (
    ("en", "Alparslan Bayraktar spoke of gas. Bayraktar then left.", "", "bayraktar-tb2 selcuk-bayraktar"),
    ("en", "Selçuk Bayraktar opened a plant. Bayraktar praised it.", "selcuk-bayraktar", "bayraktar-tb2"),
    ("en", "A Bayraktar circled over the valley.", "bayraktar-tb2", "selcuk-bayraktar"),
    ("tr", "Alparslan Bayraktar doğal gazı anlattı.", "", "bayraktar-tb2"),
    ("ru", "Алпарслан Байрактар рассказал о газе.", "", "bayraktar-tb2"),
    ("ru", "Сергей Белоусов пашет поле. Белоусов доволен урожаем.", "", "andrei-belousov"),
    ("ru", "Андрей Белоусов осмотрел базу. Белоусов остался доволен.", "andrei-belousov", ""),
    ("en", "Sergey Belousov farms near Tambov.", "", "andrei-belousov"),
    ("en", "Melania Trump wrote a letter.", "", "donald-trump"),
    ("en", "Melania Trump smiled while President Trump spoke.", "donald-trump", ""),
    ("en", "Donald Trump Jr. went fishing.", "", "donald-trump"),
    ("en", "Donald John Trump took the oath.", "donald-trump", ""),
    ("ru", "Дональд Трамп-младший охотился.", "", "donald-trump"),
    ("hy", "Մելանիա Թրամփը նամակ գրեց։", "", "donald-trump"),
    ("tr", "Bilal Erdoğan vakfı anlattı.", "", "recep-tayyip-erdogan"),
    ("tr", "Emine Erdoğan okulu gezdi.", "", "recep-tayyip-erdogan"),
    ("tr", "Tayyip Erdoğan törene katıldı.", "recep-tayyip-erdogan", ""),
    ("en", "Akylbek Japarov resigned. Japarov thanked the cabinet.", "akylbek-japarov", "sadyr-japarov"),
    ("ky", "Акылбек Жапаров кетти. Жапаров ыраазычылык айтты.", "akylbek-japarov", "sadyr-japarov"),
    ("ru", "Акылбек Жапаров ушёл. Жапаров поблагодарил кабинет.", "akylbek-japarov", "sadyr-japarov"),
    ("en", "Japarov signed the law.", "sadyr-japarov", "akylbek-japarov"),
    ("ru", "Н.А. Назарбаев и К.-Ж. Токаев встретились.", "nursultan-nazarbayev kassym-jomart-tokayev", ""),
    ("ru", "И. Токаев торгует чаем.", "", "kassym-jomart-tokayev"),
    ("en", "N. Putin is a dentist in Tver.", "", "vladimir-putin"),
    ("en", "V. Putin chaired the council.", "vladimir-putin", ""),
    ("en", "U.S. Trump officials declined to comment.", "donald-trump united-states", ""),
    ("ru", "Президент Азербайджана Алиев принял послов.", "ilham-aliyev azerbaijan", ""),
    ("ru", "Максим Бакиев живёт в Лондоне.", "london", "kurmanbek-bakiyev"),
    ("ky", "Равшан Жээнбеков партиясын жетектеди.", "", "sooronbay-jeenbekov"),
    ("uz", "Ziroat Mirziyoyeva maktab ochdi.", "", "shavkat-mirziyoyev saida-mirziyoyeva"),
    ("tg", "Рухшона Раҳмон дар Лондон кор мекунад.", "london", "emomali-rahmon"),
    ("kk", "Серік Тоқаев дүкен ашты.", "", "kassym-jomart-tokayev"),
    ("az", "Mehriban Əliyeva sərgi açdı.", "", "ilham-aliyev"),
    ("tk", "Serik Tokaýew dükan açdy.", "", "kassym-jomart-tokayev"),
)
COMPOUNDS = (
    ("ru", "Российско-казахстанская граница закрыта.", "russia kazakhstan", ""),
    ("ru", "О таджикско-афганской границе говорили долго.", "tajikistan afghanistan", ""),
    ("ru", "Китайско-киргизский форум открылся.", "china kyrgyzstan", ""),
    ("ru", "Армяно-азербайджанский договор подписан.", "armenia azerbaijan", ""),
    ("ru", "ирано-турецкие переговоры", "iran turkey", ""),
    ("ru", "Туркмено-афганский участок готов.", "turkmenistan afghanistan", ""),
    ("ru", "Американо-китайская торговля растёт.", "united-states china", ""),
    ("ru", "Франко-германский проект закрыт.", "france germany", ""),
    ("ru", "Условный «ирано» без пары не народ.", "", "iran"),
    ("ru", "Киевский чиновник и натовский генерал встретили натовцев.", "kyiv nato", ""),
    ("en", "Sino-Russian and Russo-Turkish ties differ.", "china russia turkey", ""),
    ("en", "The Kazakh-Kyrgyz border reopened.", "kazakhstan kyrgyzstan", ""),
    ("en", "A Franco-German brigade marched.", "france germany", ""),
    ("en", "Turco-Iranian trade grew.", "turkey iran", ""),
    ("hy", "ադրբեջանա-հայկական սահմանը", "azerbaijan armenia", ""),
    ("hy", "իրանա-հայկական առևտուրը", "iran armenia", ""),
    ("tr", "Türk-Rus ilişkileri gelişti.", "turkey russia", ""),
    ("kk", "қазақ-қырғыз шекарасы ашылды, өзбекстандықтар келді", "kazakhstan kyrgyzstan uzbekistan", ""),
    ("ky", "кыргыз-тажик чек арасында казакстандыктар жүрөт", "kyrgyzstan tajikistan kazakhstan", ""),
    ("tg", "русиягиҳо ва эрониҳо омаданд", "russia iran", ""),
    ("tk", "türkmen-owgan serhedi açyldy", "turkmenistan afghanistan", ""),
    ("az", "Ermənistan-Azərbaycan sərhədi bağlıdır.", "armenia azerbaijan", ""),
    ("zh", "中俄关系与日美同盟", "china russia japan united-states", ""),
    ("zh", "总统访华前谈对俄制裁", "china russia", ""),
    ("zh", "俄乌冲突与中乌合作", "russia ukraine uzbekistan china", ""),
    ("zh", "人们对美好生活的向往", "", "united-states"),
    ("zh", "驻日内瓦代表团", "", "japan"),
    ("zh", "对华为的调查", "", "china"),
)
CAPITALS = (
    ("en", "the nato chief flew to kazakhstan, putin stayed", "nato kazakhstan vladimir-putin", ""),
    ("en", "The Nato chief met Osce and Brics envoys; Isis was named.", "nato osce brics isis", ""),
    ("en", "He ate roast turkey off fine china.", "", "turkey china"),
    ("en", "Ankara has its trump card.", "ankara", "donald-trump"),
    ("ru", "учения нато и одкб, саммит шос", "nato csto shanghai-cooperation-organisation", ""),
    ("ru", "Одкб и Нато обменялись нотами.", "csto nato", ""),
    ("ru", "лавров поехал в казахстан", "kazakhstan", ""),
    ("ru", "Венок из лавров; песков много, нервный тик.", "", "sergei-lavrov dmitry-peskov tika"),
    ("tr", "Konu mit ve kabul üzerine.", "", "mit kabul"),
    ("tr", "rusya ve türkiye anlaştı", "russia turkey", ""),
    ("ky", "Бир катар адам келди, сапаты жакшы.", "", "qatar gulen-movement"),
    ("ky", "Айрым кытай товарлары келди.", "china", ""),
    ("tg", "Рӯзи душанбе борон борид.", "", "dushanbe"),
    ("tk", "Şenbe we duşenbe güni", "", "dushanbe"),
    ("kk", "Бұл елдің астанасы қай жерде?", "", "astana"),
    ("uz", "Bu qatar uzun, toliblar keldi, uy ostonasi baland.", "", "qatar taliban astana"),
    ("en", "Crowds shared #KazakhstanProtests and #csto.", "kazakhstan csto", ""),
    ("ru", "Писали #СвободныйКазахстан и #РоссияКитай2024.", "kazakhstan russia china", ""),
    ("en", "They posted #StopNATO", "nato", ""),
)
LETTERS = (
    ("ru", "Учения OДКБ прошли в Kазахстане, сообщили в Рoссии.", "csto kazakhstan russia", ""),
    ("en", "Tokаyev met the CSТO chief in Kаzakhstan.", "kassym-jomart-tokayev csto kazakhstan", ""),
    ("kk", "Қазaқcтан мен Ресeй келісті.", "kazakhstan russia", ""),
    ("az", "Аzərbaycan və Rusiyа", "azerbaijan russia", ""),
    ("hy", "Հայաuտան և Ռուuաստան", "armenia russia", ""),
    ("en", "𝐍𝐀𝐓𝐎 and 𝗞𝗮𝘇𝗮𝗸𝗵𝘀𝘁𝗮𝗻", "nato kazakhstan", ""),
    ("en", "ＮＡＴＯ and Ｋａｚａｋｈｓｔａｎ", "nato kazakhstan", ""),
    ("uz", "Ozbekiston va Qozogiston", "uzbekistan kazakhstan", ""),
    ("uz", "Oʿzbekiston va Qozogˈistonga", "uzbekistan kazakhstan", ""),
    ("kk-Latn", "Ozbekstan men Qyrgyzstan", "uzbekistan", ""),
    ("en", "The president of Kazakh-\nstan flew to Uzbeki-\nstan.", "kazakhstan uzbekistan", ""),
    ("ru", "Переговоры в Казах-\nстане о российско-\nтурецких делах.", "kazakhstan russia turkey", ""),
    ("en", "The border of Kazakh-\nKyrgyz villages", "kazakhstan kyrgyzstan", ""),
)
PLACES = (
    ("en", "A fair in London, Ontario, drew crowds.", "", "london"),
    ("en", "A fair in Moscow (Idaho) drew crowds.", "", "moscow"),
    ("en", "The road to Minsk, Maine, is closed.", "", "minsk"),
    ("en", "Talks in Moscow, London and Ankara.", "moscow london ankara", ""),
    ("en", "Flights to London, New York and Baku.", "london baku", ""),
    ("ru", "Пожар в Лондоне, Онтарио.", "", "london"),
    ("ru", "Ярмарка в Москве, штат Айдахо.", "", "moscow"),
    ("en", "Ships crossed the South China Sea.", "", "china"),
    ("en", "He toured Latin America and North America.", "", "united-states"),
    ("ru", "Он объехал Латинскую Америку.", "", "united-states"),
    ("tr", "Güney Amerika'da yaşadı.", "", "united-states"),
    ("en", "Austria-Hungary fell in 1918.", "", "hungary"),
    ("ru", "Австро-Венгрия распалась.", "", "hungary"),
    ("tr", "Kan grubu AB grubu çıktı.", "", "european-union"),
    ("zh", "南中国海的海上合作", "", "china shanghai-cooperation-organisation"),
    ("zh", "线上合作与以上合同", "", "shanghai-cooperation-organisation"),
    ("zh", "上合组织峰会", "shanghai-cooperation-organisation", ""),
    ("zh", "发展中国家的声音", "", "china"),
)


@cache
def tagger() -> Tagger:
    return packaged_tagger()


@pytest.mark.parametrize(
    ("language", "text", "must", "must_not"), [*SURNAMES, *NAMESAKES, *COMPOUNDS, *CAPITALS, *LETTERS, *PLACES]
)
def test_only_what_is_meant_is_tagged(language: str, text: str, must: str, must_not: str) -> None:
    found = tagger().tag(text, language)
    entities = {mention.entity for mention in found}
    assert set(must.split()) <= entities
    assert not set(must_not.split()) & entities
    assert all(mention.surface == text[mention.start : mention.end] for mention in found)
