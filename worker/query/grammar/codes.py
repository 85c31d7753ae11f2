"""Languages (ISO 639-1) and countries (ISO 3166-1), with their common names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_LANGUAGES = """
    aa Afar, афарский; ab Abkhazian, абхазский, Abhazca; ae Avestan, авестийский, Avestçe; af Afrikaans,
    африкаанс, Afrikaanca; ak Akan, акан; am Amharic, амхарский, Amharca; an Aragonese, арагонский, Aragonca; ar
    Arabic, арабский, Arapça; as Assamese, ассамский, Assamca; av Avaric, аварский, Avar dili; ay Aymara, аймара;
    az Azerbaijani, азербайджанский, Azerbaycan dili, azeri, azərbaycan; ba Bashkir, башкирский, Başkırtça; be
    Belarusian, белорусский, Belarusça; bg Bulgarian, болгарский, Bulgarca; bh Bihari; bi Bislama, бислама; bm
    Bambara, бамбара; bn Bangla, бенгальский, Bengalce; bo Tibetan, тибетский, Tibetçe; br Breton, бретонский,
    Bretonca; bs Bosnian, боснийский, Boşnakça; ca Catalan, каталанский, Katalanca; ce Chechen, чеченский,
    Çeçence; ch Chamorro, чаморро, Çamorro dili; co Corsican, корсиканский, Korsikaca; cr Cree, кри, Krice; cs
    Czech, чешский, Çekçe; cu Church Slavic, церковнославянский, Kilise Slavcası; cv Chuvash, чувашский, Çuvaşça;
    cy Welsh, валлийский, Galce; da Danish, датский, Danca; de German, немецкий, Almanca, deutsch; dv Divehi,
    мальдивский, Divehi dili; dz Dzongkha, дзонг-кэ; ee Ewe, эве; el Greek, греческий, Yunanca; en English,
    английский, İngilizce; eo Esperanto, эсперанто; es Spanish, испанский, İspanyolca, español; et Estonian,
    эстонский, Estonca; eu Basque, баскский, Baskça; fa Persian, персидский, Farsça, farsi; ff Fula, фулах, Fula
    dili; fi Finnish, финский, Fince; fj Fijian, фиджи, Fiji dili; fo Faroese, фарерский, Faroe dili; fr French,
    французский, Fransızca, français; fy Western Frisian, западнофризский, Batı Frizcesi; ga Irish, ирландский,
    İrlandaca; gd Scottish Gaelic, гэльский, İskoç Gaelcesi; gl Galician, галисийский, Galiçyaca; gn Guarani,
    гуарани, Guarani dili; gu Gujarati, гуджарати, Güceratça; gv Manx, мэнский, Man dili; ha Hausa, хауса, Hausa
    dili; he Hebrew, иврит, İbranice; hi Hindi, хинди, Hintçe; ho Hiri Motu, хиримоту; hr Croatian, хорватский,
    Hırvatça; ht Haitian Creole, гаитянский, Haiti Kreyolu; hu Hungarian, венгерский, Macarca; hy Armenian,
    армянский, Ermenice, հայերեն; hz Herero, гереро, Herero dili; ia Interlingua, интерлингва, İnterlingua; id
    Indonesian, индонезийский, Endonezce; ie Interlingue, интерлингве; ig Igbo, игбо, İbo dili; ii Sichuan Yi,
    носу; ik Inupiaq, инупиак, İnyupikçe; io Ido, идо; is Icelandic, исландский, İzlandaca; it Italian,
    итальянский, İtalyanca; iu Inuktitut, инуктитут, İnuktitut dili; ja Japanese, японский, Japonca; jv Javanese,
    яванский, Cava dili; ka Georgian, грузинский, Gürcüce, ქართული; kg Kongo, конго, Kongo dili; ki Kikuyu,
    кикуйю; kj Kuanyama, кунама; kk Kazakh, казахский, Kazakça, qazaq, қазақ, kazak; kl Kalaallisut, гренландский,
    Grönland dili; km Khmer, кхмерский, Khmer dili; kn Kannada, каннада, Kannada dili; ko Korean, корейский,
    Korece; kr Kanuri, канури, Kanuri dili; ks Kashmiri, кашмири, Keşmir dili; ku Kurdish, курдский, Kürtçe; kv
    Komi, коми; kw Cornish, корнский, Kernevekçe; ky Kyrgyz, киргизский, Kırgızca, kyrgyz, кыргыз, kirghiz; la
    Latin, латинский, Latince; lb Luxembourgish, люксембургский, Lüksemburgca; lg Ganda, ганда; li Limburgish,
    лимбургский, Limburgca; ln Lingala, лингала; lo Lao, лаосский, Lao dili; lt Lithuanian, литовский, Litvanca;
    lu Luba-Katanga, луба-катанга; lv Latvian, латышский, Letonca; mg Malagasy, малагасийский, Malgaşça; mh
    Marshallese, маршалльский, Marshall Adaları dili; mi Māori, маори, Maori dili; mk Macedonian, македонский,
    Makedonca; ml Malayalam, малаялам, Malayalam dili; mn Mongolian, монгольский, Moğolca; mr Marathi, маратхи,
    Marathi dili; ms Malay, малайский, Malayca; mt Maltese, мальтийский, Maltaca; my Burmese, бирманский, Birman
    dili; na Nauru, науру, Nauru dili; nb Norwegian Bokmål, норвежский букмол, Norveççe Bokmål; nd North Ndebele,
    северный ндебеле, Kuzey Ndebele; ne Nepali, непальский, Nepalce; ng Ndonga, ндонга; nl Dutch, нидерландский,
    Felemenkçe; nn Norwegian Nynorsk, нюнорск, Norveççe Nynorsk; no Norwegian, норвежский, Norveççe; nr South
    Ndebele, южный ндебеле, Güney Ndebele; nv Navajo, навахо, Navaho dili; ny Nyanja, ньянджа; oc Occitan,
    окситанский, Oksitan dili; oj Ojibwa, оджибва, Ojibva dili; om Oromo, оромо, Oromo dili; or Odia, ория, Oriya
    dili; os Ossetic, осетинский, Osetçe; pa Punjabi, панджаби, Pencapça; pi Pali, пали; pl Polish, польский,
    Lehçe; ps Pashto, пушту, Peştuca; pt Portuguese, португальский, Portekizce; qu Quechua, кечуа, Keçuva dili; rm
    Romansh, романшский, Romanşça; rn Rundi, рунди, Kirundi; ro Romanian, румынский, Rumence; ru Russian, русский,
    Rusça; rw Kinyarwanda, киньяруанда; sa Sanskrit, санскрит; sc Sardinian, сардинский, Sardunya dili; sd Sindhi,
    синдхи, Sindhi dili; se Northern Sami, северносаамский, Kuzey Laponcası; sg Sango, санго; si Sinhala,
    сингальский, Sinhali dili; sk Slovak, словацкий, Slovakça; sl Slovenian, словенский, Slovence; sm Samoan,
    самоанский, Samoa dili; sn Shona, шона, Şona dili; so Somali, сомали, Somalice; sq Albanian, албанский,
    Arnavutça; sr Serbian, сербский, Sırpça; ss Swati, свази, Sisvati; st Southern Sotho, южный сото, Güney Sotho
    dili; su Sundanese, сунданский, Sunda dili; sv Swedish, шведский, İsveççe; sw Swahili, суахили, Svahili dili;
    ta Tamil, тамильский, Tamilce; te Telugu, телугу, Telugu dili; tg Tajik, таджикский, Tacikçe, тоҷикӣ; th Thai,
    тайский, Tayca; ti Tigrinya, тигринья, Tigrinya dili; tk Turkmen, туркменский, Türkmence, türkmen; tl Tagalog,
    тагалог, Tagalogca; tn Tswana, тсвана, Setsvana; to Tongan, тонганский, Tonga dili; tr Turkish, турецкий,
    Türkçe, türkçe; ts Tsonga, тсонга; tt Tatar, татарский, Tatarca; tw Twi, тви, Tvi; ty Tahitian, таитянский,
    Tahiti dili; ug Uyghur, уйгурский, Uygurca; uk Ukrainian, украинский, Ukraynaca, українська; ur Urdu, урду,
    Urduca; uz Uzbek, узбекский, Özbekçe, o‘zbek, ozbek, ўзбек; ve Venda, венда, Venda dili; vi Vietnamese,
    вьетнамский, Vietnamca; vo Volapük, волапюк; wa Walloon, валлонский, Valonca; wo Wolof, волоф, Volofça; xh
    Xhosa, коса, Zosa dili; yi Yiddish, идиш, Yidiş; yo Yoruba, йоруба, Yorubaca; za Zhuang, чжуань, Zhuangca; zh
    Chinese, китайский, Çince, mandarin, 中文; zu Zulu, зулу, Zuluca
"""
"""Each code with its names in English, Russian and Turkish, and some others."""

_COUNTRIES = """
    AD Andorra, Андорра; AE United Arab Emirates, ОАЭ, Birleşik Arap Emirlikleri, UAE; AF Afghanistan, Афганистан,
    Afganistan; AG Antigua & Barbuda, Антигуа и Барбуда, Antigua ve Barbuda; AI Anguilla, Ангилья; AL Albania,
    Албания, Arnavutluk; AM Armenia, Армения, Ermenistan; AO Angola, Ангола; AQ Antarctica, Антарктида,
    Antarktika; AR Argentina, Аргентина, Arjantin; AS American Samoa, Американское Самоа, Amerikan Samoası; AT
    Austria, Австрия, Avusturya; AU Australia, Австралия, Avustralya; AW Aruba, Аруба; AX Åland Islands, Аландские
    о-ва, Åland Adaları; AZ Azerbaijan, Азербайджан, Azerbaycan; BA Bosnia & Herzegovina, Босния и Герцеговина,
    Bosna-Hersek; BB Barbados, Барбадос; BD Bangladesh, Бангладеш, Bangladeş; BE Belgium, Бельгия, Belçika; BF
    Burkina Faso, Буркина-Фасо; BG Bulgaria, Болгария, Bulgaristan; BH Bahrain, Бахрейн, Bahreyn; BI Burundi,
    Бурунди; BJ Benin, Бенин; BL St. Barthélemy, Сен-Бартелеми, Saint Barthelemy; BM Bermuda, Бермудские о-ва; BN
    Brunei, Бруней; BO Bolivia, Боливия, Bolivya; BQ Caribbean Netherlands, Бонэйр Синт-Эстатиус и Саба, Karayip
    Hollandası; BR Brazil, Бразилия, Brezilya; BS Bahamas, Багамы, Bahamalar; BT Bhutan, Бутан, Butan; BV Bouvet
    Island, о-в Буве, Bouvet Adası; BW Botswana, Ботсвана, Botsvana; BY Belarus, Беларусь, Белоруссия; BZ Belize,
    Белиз; CA Canada, Канада, Kanada; CC Cocos, Кокосовые о-ва; CD Congo - Kinshasa, Конго - Киншаса, Kongo -
    Kinşasa, DR Congo; CF Central African Republic, Центрально-Африканская Республика, Orta Afrika Cumhuriyeti; CG
    Congo - Brazzaville, Конго - Браззавиль, Kongo - Brazavil; CH Switzerland, Швейцария, İsviçre; CI Côte
    d'Ivoire, Кот-д'Ивуар; CK Cook Islands, о-ва Кука, Cook Adaları; CL Chile, Чили, Şili; CM Cameroon, Камерун,
    Kamerun; CN China, Китай, Çin, PRC, КНР; CO Colombia, Колумбия, Kolombiya; CR Costa Rica, Коста-Рика, Kosta
    Rika; CU Cuba, Куба, Küba; CV Cape Verde, Кабо-Верде, Cabo Verde; CW Curaçao, Кюрасао; CX Christmas Island,
    о-в Рождества, Christmas Adası; CY Cyprus, Кипр, Kıbrıs; CZ Czechia, Чехия, Çekya, Czech Republic; DE Germany,
    Германия, Almanya; DJ Djibouti, Джибути, Cibuti; DK Denmark, Дания, Danimarka; DM Dominica, Доминика,
    Dominika; DO Dominican Republic, Доминиканская Республика, Dominik Cumhuriyeti; DZ Algeria, Алжир, Cezayir; EC
    Ecuador, Эквадор, Ekvador; EE Estonia, Эстония, Estonya; EG Egypt, Египет, Mısır; EH Western Sahara, Западная
    Сахара, Batı Sahra; ER Eritrea, Эритрея, Eritre; ES Spain, Испания, İspanya; ET Ethiopia, Эфиопия, Etiyopya;
    FI Finland, Финляндия, Finlandiya; FJ Fiji, Фиджи; FK Falkland Islands, Фолклендские о-ва, Falkland Adaları;
    FM Micronesia, Федеративные Штаты Микронезии, Mikronezya; FO Faroe Islands, Фарерские о-ва, Faroe Adaları; FR
    France, Франция, Fransa; GA Gabon, Габон; GB United Kingdom, Великобритания, Birleşik Krallık, UK, Britain,
    England, Англия; GD Grenada, Гренада; GE Georgia, Грузия, Gürcistan; GF French Guiana, Французская Гвиана,
    Fransız Guyanası; GG Guernsey, Гернси; GH Ghana, Гана, Gana; GI Gibraltar, Гибралтар, Cebelitarık; GL
    Greenland, Гренландия, Grönland; GM Gambia, Гамбия, Gambiya; GN Guinea, Гвинея, Gine; GP Guadeloupe,
    Гваделупа; GQ Equatorial Guinea, Экваториальная Гвинея, Ekvator Ginesi; GR Greece, Греция, Yunanistan; GS
    South Georgia & South Sandwich Islands, Южная Георгия и Южные Сандвичевы о-ва, Güney Georgia ve Güney Sandwich
    Adaları; GT Guatemala, Гватемала; GU Guam, Гуам; GW Guinea-Bissau, Гвинея-Бисау, Gine-Bissau; GY Guyana,
    Гайана; HK Hong Kong, Гонконг, Çin Hong Kong ÖİB; HM Heard & McDonald Islands, о-ва Херд и Макдональд, Heard
    Adası ve McDonald Adaları; HN Honduras, Гондурас; HR Croatia, Хорватия, Hırvatistan; HT Haiti, Гаити; HU
    Hungary, Венгрия, Macaristan; ID Indonesia, Индонезия, Endonezya; IE Ireland, Ирландия, İrlanda; IL Israel,
    Израиль, İsrail; IM Isle of Man, о-в Мэн, Man Adası; IN India, Индия, Hindistan; IO British Indian Ocean
    Territory, Британская территория в Индийском океане, Britanya Hint Okyanusu Toprakları; IQ Iraq, Ирак, Irak;
    IR Iran, Иран, İran; IS Iceland, Исландия, İzlanda; IT Italy, Италия, İtalya; JE Jersey, Джерси; JM Jamaica,
    Ямайка, Jamaika; JO Jordan, Иордания, Ürdün; JP Japan, Япония, Japonya; KE Kenya, Кения; KG Kyrgyzstan,
    Киргизия, Kırgızistan, Кыргызстан; KH Cambodia, Камбоджа, Kamboçya; KI Kiribati, Кирибати; KM Comoros, Коморы,
    Komorlar; KN St. Kitts & Nevis, Сент-Китс и Невис, Saint Kitts ve Nevis; KP North Korea, КНДР, Kuzey Kore,
    DPRK; KR South Korea, Республика Корея, Güney Kore, Korea; KW Kuwait, Кувейт, Kuveyt; KY Cayman Islands, о-ва
    Кайман, Cayman Adaları; KZ Kazakhstan, Казахстан, Kazakistan, Qazaqstan, Қазақстан; LA Laos, Лаос; LB Lebanon,
    Ливан, Lübnan; LC St. Lucia, Сент-Люсия, Saint Lucia; LI Liechtenstein, Лихтенштейн; LK Sri Lanka, Шри-Ланка;
    LR Liberia, Либерия, Liberya; LS Lesotho, Лесото; LT Lithuania, Литва, Litvanya; LU Luxembourg, Люксембург,
    Lüksemburg; LV Latvia, Латвия, Letonya; LY Libya, Ливия; MA Morocco, Марокко, Fas; MC Monaco, Монако, Monako;
    MD Moldova, Молдова; ME Montenegro, Черногория, Karadağ; MF St. Martin, Сен-Мартен, Saint Martin; MG
    Madagascar, Мадагаскар, Madagaskar; MH Marshall Islands, Маршалловы о-ва, Marshall Adaları; MK North
    Macedonia, Северная Македония, Kuzey Makedonya, Macedonia; ML Mali, Мали; MM Myanmar, Мьянма; MN Mongolia,
    Монголия, Moğolistan; MO Macao, Макао, Çin Makao ÖİB; MP Northern Mariana Islands, Северные Марианские о-ва,
    Kuzey Mariana Adaları; MQ Martinique, Мартиника, Martinik; MR Mauritania, Мавритания, Moritanya; MS
    Montserrat, Монтсеррат; MT Malta, Мальта; MU Mauritius, Маврикий; MV Maldives, Мальдивы, Maldivler; MW Malawi,
    Малави, Malavi; MX Mexico, Мексика, Meksika; MY Malaysia, Малайзия, Malezya; MZ Mozambique, Мозамбик,
    Mozambik; NA Namibia, Намибия, Namibya; NC New Caledonia, Новая Каледония, Yeni Kaledonya; NE Niger, Нигер,
    Nijer; NF Norfolk Island, о-в Норфолк, Norfolk Adası; NG Nigeria, Нигерия, Nijerya; NI Nicaragua, Никарагуа,
    Nikaragua; NL Netherlands, Нидерланды, Hollanda; NO Norway, Норвегия, Norveç; NP Nepal, Непал; NR Nauru,
    Науру; NU Niue, Ниуэ; NZ New Zealand, Новая Зеландия, Yeni Zelanda; OM Oman, Оман, Umman; PA Panama, Панама;
    PE Peru, Перу; PF French Polynesia, Французская Полинезия, Fransız Polinezyası; PG Papua New Guinea, Папуа —
    Новая Гвинея, Papua Yeni Gine; PH Philippines, Филиппины, Filipinler; PK Pakistan, Пакистан; PL Poland,
    Польша, Polonya; PM St. Pierre & Miquelon, Сен-Пьер и Микелон, Saint Pierre ve Miquelon; PN Pitcairn Islands,
    о-ва Питкэрн, Pitcairn Adaları; PR Puerto Rico, Пуэрто-Рико, Porto Riko; PS Palestinian Territories,
    Палестинские территории, Filistin Bölgeleri; PT Portugal, Португалия, Portekiz; PW Palau, Палау; PY Paraguay,
    Парагвай; QA Qatar, Катар, Katar; RE Réunion, Реюньон, Reunion; RO Romania, Румыния, Romanya; RS Serbia,
    Сербия, Sırbistan; RU Russia, Россия, Rusya, Russian Federation; RW Rwanda, Руанда, Ruanda; SA Saudi Arabia,
    Саудовская Аравия, Suudi Arabistan; SB Solomon Islands, Соломоновы о-ва, Solomon Adaları; SC Seychelles,
    Сейшельские о-ва, Seyşeller; SD Sudan, Судан; SE Sweden, Швеция, İsveç; SG Singapore, Сингапур, Singapur; SH
    St. Helena, о-в Св. Елены, Saint Helena; SI Slovenia, Словения, Slovenya; SJ Svalbard & Jan Mayen, Шпицберген
    и Ян-Майен, Svalbard ve Jan Mayen; SK Slovakia, Словакия, Slovakya; SL Sierra Leone, Сьерра-Леоне; SM San
    Marino, Сан-Марино; SN Senegal, Сенегал; SO Somalia, Сомали, Somali; SR Suriname, Суринам, Surinam; SS South
    Sudan, Южный Судан, Güney Sudan; ST São Tomé & Príncipe, Сан-Томе и Принсипи, Sao Tome ve Principe; SV El
    Salvador, Сальвадор; SX Sint Maarten, Синт-Мартен; SY Syria, Сирия, Suriye; SZ Eswatini, Эсватини, Esvatini;
    TC Turks & Caicos Islands, Тёркс и Кайкос, Turks ve Caicos Adaları; TD Chad, Чад, Çad; TF French Southern
    Territories, Французские Южные территории, Fransız Güney Toprakları; TG Togo, Того; TH Thailand, Таиланд,
    Tayland; TJ Tajikistan, Таджикистан, Tacikistan, Тоҷикистон; TK Tokelau, Токелау; TL Timor-Leste, Восточный
    Тимор; TM Turkmenistan, Туркменистан, Türkmenistan, Туркмения; TN Tunisia, Тунис, Tunus; TO Tonga, Тонга; TR
    Türkiye, Турция; TT Trinidad & Tobago, Тринидад и Тобаго, Trinidad ve Tobago; TV Tuvalu, Тувалу; TW Taiwan,
    Тайвань, Tayvan; TZ Tanzania, Танзания, Tanzanya; UA Ukraine, Украина, Ukrayna; UG Uganda, Уганда; UM U.S.
    Outlying Islands, Внешние малые о-ва, ABD Küçük Harici Adaları; US United States, Соединенные Штаты, Amerika
    Birleşik Devletleri, USA, America, США, ABD; UY Uruguay, Уругвай; UZ Uzbekistan, Узбекистан, Özbekistan,
    Oʻzbekiston; VA Vatican City, Ватикан, Vatikan; VC St. Vincent & Grenadines, Сент-Винсент и Гренадины, Saint
    Vincent ve Grenadinler; VE Venezuela, Венесуэла; VG British Virgin Islands, Виргинские о-ва, Britanya Virjin
    Adaları; VI U.S. Virgin Islands, Виргинские о-ва, ABD Virjin Adaları; VN Vietnam, Вьетнам; VU Vanuatu,
    Вануату; WF Wallis & Futuna, Уоллис и Футуна, Wallis ve Futuna; WS Samoa, Самоа; XK Kosovo, Косово, Kosova; YE
    Yemen, Йемен; YT Mayotte, Майотта; ZA South Africa, Южно-Африканская Республика, Güney Afrika; ZM Zambia,
    Замбия, Zambiya; ZW Zimbabwe, Зимбабве, Zimbabve
"""


def _names(listed: str) -> Mapping[str, tuple[str, ...]]:
    parts = (" ".join(one.split()).partition(" ") for one in listed.split(";"))
    return {code: tuple(names.split(", ")) for code, _, names in parts}


LANGUAGES: Final = _names(_LANGUAGES)
"""Names by code, the English one first."""
COUNTRIES: Final = _names(_COUNTRIES)
