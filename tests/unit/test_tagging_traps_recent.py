"""Sentences about the people, bodies and events of recent years that mislead a tagger. All are invented."""

from __future__ import annotations

import pytest

from worker.tagging.tagger import Tagger, load_tagger

# language, sentence, entities that must be tagged, entities that must not
TRAPS = (
    ("en", "The Board of Peace met in Davos; Trump took the chair and Gaza came first.", "board-of-peace", ""),
    ("en", "The board of peace activists elected a treasurer.", "", "board-of-peace"),
    ("ru", "Токаев подписал устав «Совета мира», который возглавил Трамп.", "board-of-peace donald-trump", ""),
    ("ru", "Совет мира и дружбы при школе собрал макулатуру.", "", "board-of-peace"),
    ("ru", "Всемирный совет мира отметил годовщину.", "", "board-of-peace"),
    ("uz", "Mahalladagi tinchlik kengashi yigʻildi.", "", "board-of-peace"),
    ("tr", "Kulübün yönetim kurulu barış içinde toplandı.", "", "board-of-peace"),
    ("en", "Soil interaction with roots was measured.", "", "interaction-exercise"),
    ("en", "CSTO troops opened the exercise Interaction-2025 near Balykchy.", "interaction-exercise csto", ""),
    ("ru", "Взаимодействие ведомств улучшилось.", "", "interaction-exercise"),
    ("ru", "Учения «Взаимодействие-2025» завершились стрельбой.", "interaction-exercise", ""),
    ("ru", "Рубеж столетий подарил нам модерн.", "", "rubezh-exercise"),
    ("ru", "На учениях ОДКБ «Рубеж» отработали захват лагеря.", "rubezh-exercise csto", ""),
    ("ru", "Комплекс «Рубеж» стоит на побережье и стреляет далеко.", "", "rubezh-exercise"),
    ("ru", "Миротворцы начали учения «Нерушимое братство-2025».", "indestructible-brotherhood-exercise", ""),
    ("ru", "Мужское братство и нерушимое слово воспел поэт.", "", "indestructible-brotherhood-exercise"),
    ("en", "The Indestructible Brotherhood drills ended.", "indestructible-brotherhood-exercise", ""),
    ("kk", "«Бірлестік-2024» жаттығуына бес ел қатысты.", "birlestik-exercise", ""),
    ("kk", "Фермерлер бірлестік құрып, сүт тапсырды.", "", "birlestik-exercise"),
    ("ru", "Дружба народов воспета в песне, а дружба двух соседей окрепла.", "", "druzhba-pipeline"),
    ("ru", "Прокачка по нефтепроводу «Дружба» возобновлена.", "druzhba-pipeline", ""),
    ("ru", "Санаторий «Дружба» закупил нефтяной котёл.", "", "druzhba-pipeline"),
    ("en", "Kazakh crude for Schwedt flows through the Druzhba pipeline.", "druzhba-pipeline kazakhstan", ""),
    ("en", "BTC fell below its last support, traders of Bitcoin sighed.", "", "btc-pipeline"),
    ("en", "The BTC pipeline carries oil from Baku.", "btc-pipeline baku", ""),
    ("ru", "Нефтепровод Баку-Тбилиси-Джейхан остановлен на ремонт.", "btc-pipeline", ""),
    ("tr", "Bakü-Tiflis-Ceyhan hattından petrol aktı.", "btc-pipeline", ""),
    ("ru", "Газопровод «Центральная Азия - Китай» расширят.", "central-asia-china-pipeline", "china-central-asia"),
    ("ru", "Саммит «Центральная Азия - Китай» пройдёт летом.", "china-central-asia", "central-asia-china-pipeline"),
    ("zh", "第二届中国—中亚峰会通过宣言。", "china-central-asia", "central-asia-china-pipeline"),
    ("ru", "Поэт Абдулла Арипов написал гимн, стихи Абдуллы Арипова знают все.", "", "abdulla-aripov"),
    ("ru", "Премьер-министр Абдулла Арипов провёл совещание; Арипов остался недоволен.", "abdulla-aripov", ""),
    ("uz", "Bosh vazir Abdulla Aripov yigʻilish oʻtkazdi.", "abdulla-aripov", ""),
    ("uz", "Shoir Abdulla Oripov sheʼrlari oʻqildi.", "", "abdulla-aripov"),
    ("tg", "Сарвазири Тоҷикистон Қоҳир Расулзода ба Хуҷанд рафт.", "kokhir-rasulzoda tajikistan khujand", ""),
    ("tg", "Устод Расулзода барои хонандагон китоб навишт.", "", "kokhir-rasulzoda"),
    ("ky", "Министрлер кабинетинин төрагасы Адылбек Касымалиев Ошко барды.", "adylbek-kasymaliev osh", ""),
    ("ky", "Мугалим Касымалиев сабак өттү.", "", "adylbek-kasymaliev"),
    ("en", "Supreme Leader Khamenei spoke in Tehran.", "ali-khamenei tehran", "mojtaba-khamenei"),
    ("en", "Mojtaba Khamenei addressed Iranians; Khamenei promised revenge.", "mojtaba-khamenei iran", ""),
    ("ru", "Моджтаба Хаменеи обратился к Ирану. Хаменеи пообещал ответ.", "mojtaba-khamenei iran", ""),
    ("en", "Jeweller Nirav Modi lost his appeal.", "", "narendra-modi"),
    ("en", "Modi received the guests from Astana.", "narendra-modi astana", ""),
    ("zh", "莫迪利亚尼的画作拍卖。", "", "narendra-modi"),
    ("en", "Brigitte Macron opened a school.", "", "emmanuel-macron"),
    ("ru", "Игорь Матвиенко написал песню, а Матвиенко спел.", "", "valentina-matviyenko"),
    ("ru", "Спикер Совета Федерации Матвиенко прибыла в Ташкент.", "valentina-matviyenko tashkent", ""),
    ("ru", "В Бишкеке у Белого дома прошёл митинг.", "bishkek", "white-house"),
    ("ru", "В Вашингтоне Белый дом отверг доклад Конгресса США.", "white-house washington united-states", ""),
    ("ru", "Казанский Кремль отреставрировали.", "", "kremlin"),
    ("ky", "Айылда ак үй тигилди.", "", "white-house"),
    ("uz", "Qishloqda katta oq uy qurildi.", "", "white-house"),
    ("uz", "Sirdaryo viloyati hokimi isteʼfo berdi.", "", "syr-darya"),
    ("ru", "В Сырдарьинской области построят завод, а река Сырдарья мелеет.", "syr-darya", ""),
    ("uz", "Mashinalar qatori uzaydi, qatar bilan yurdi.", "", "qatar"),
    ("tg", "Одамон қатор истоданд ва қатора омад.", "", "qatar"),
    ("hy", "Տարին կատար չունեցավ, բայց կատարը բարձր էր։", "", "qatar"),
    ("tr", "Katarina ilk maçını kazandı.", "", "qatar"),
    ("tr", "Katar'dan gelen heyet Doha'ya döndü.", "qatar", ""),
    ("zh", "朝鲜半岛局势紧张。", "", "north-korea"),
    ("zh", "朝鲜外相访问莫斯科。", "north-korea moscow", ""),
    ("en", "The Iran-Iraq war ended in 1988.", "iran", "iran-war-2026"),
    ("ru", "Удары США и Израиля по Ирану подняли цены.", "iran-war-2026 iran israel united-states", ""),
    ("en", "Kazakhstan joined the Abraham Accords.", "abraham-accords kazakhstan", ""),
    ("tr", "Kazakistan İbrahim Anlaşmaları'na katıldı.", "abraham-accords kazakhstan", ""),
    ("ru", "Кыргызстан присоединил «Камбар-Ата-1» к сети.", "kambarata-1 kyrgyzstan", ""),
    ("ru", "ЕБРР выдал кредит на АЭС «Балхаш»? Нет, банк опроверг.", "ebrd balkhash-npp", ""),
    ("en", "The European Bank for Reconstruction and Development opened an office.", "ebrd", "european-union"),
    ("en", "The Crisis Group report on Batken is out.", "international-crisis-group batken", ""),
    ("az", "SEPAH generalı Bakıda danışdı.", "irgc baku", ""),
    ("tk", "Goşulyşmazlyk Hereketiniň mejlisi Aşgabatda geçdi.", "non-aligned-movement ashgabat", ""),
    ("hy", "Քաթարը միջնորդ դարձավ։", "qatar", ""),
    ("hy", "Էմանուել Մակրոնը ժամանեց Երևան։", "emmanuel-macron yerevan", ""),
    ("kk", "Ғизат Нұрдәулетов Қауіпсіздік кеңесін жинады.", "gizat-nurdauletov", ""),
    ("en", "The singer Nurdauletov toured villages.", "", "gizat-nurdauletov"),
    ("en", "Garantex wallets moved to Grinex, which trades A7A5.", "garantex grinex a7a5", ""),
    ("az", "SOCAR və “KazMunayQaz” saziş imzaladı.", "socar kazmunaygas", ""),
    ("en", "The CSIS agents of Canada opened a file in Ottawa.", "", "csis-think-tank"),
    ("ru", "АТЦ СНГ и РЦПДЦА провели семинар в Ашхабаде.", "cis-atc unrcca ashgabat", ""),
)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return load_tagger()


@pytest.mark.parametrize(("language", "text", "wanted", "unwanted"), TRAPS)
def test_only_what_is_meant_is_tagged(tagger: Tagger, language: str, text: str, wanted: str, unwanted: str) -> None:
    found = {mention.entity for mention in tagger.tag(text, language)}
    assert set(wanted.split()) <= found
    assert not set(unwanted.split()) & found
