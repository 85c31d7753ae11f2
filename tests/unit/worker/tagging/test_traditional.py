"""Chinese names in traditional characters, and names of other languages that readers missed. All are invented."""

from __future__ import annotations

import pytest

from worker.tagging.tagger import Tagger, load_tagger

# language, sentence, entities that must be tagged, entities that must not
SENTENCES = (
    ("zh", "集安組織的維和部隊抵達阿拉木圖。", "csto peacekeeping almaty", ""),
    ("zh", "示威者與警方發生衝突，騷亂持續。", "mass-protest", ""),
    ("zh", "無人機襲擊倉庫，邊防軍開火。", "uav border-security", ""),
    ("zh", "歐盟宣布對俄羅斯實施新的經濟制裁。", "european-union russia sanctions", ""),
    ("zh", "哈薩克斯坦總統托卡耶夫會見習近平。", "kazakhstan kassym-jomart-tokayev xi-jinping", ""),
    ("zh", "極端組織成員被捕，恐怖襲擊未遂。", "religious-extremism terrorism", ""),
    ("zh", "朝鮮半島局勢緊張。", "", "north-korea"),
    ("zh", "他愛看恐怖片。", "", "terrorism"),
    ("zh", "努尔苏丹·纳扎尔巴耶夫辞职。", "nursultan-nazarbayev", "astana"),
    ("zh", "据今日俄罗斯报道，谈判结束。", "rt-broadcaster", "russia"),
    ("zh", "美国之音停播。", "", "united-states"),
    ("zh", "集体安全组织成员国开会。", "csto", "collective-security"),
    ("zh", "警方驱散非法集会。", "mass-protest", ""),
    ("tk", "Sinjiaňda ýaşaýan gazaklar barada aýtdy.", "xinjiang kazakhstan", ""),
    ("tk", "Protestçylar meýdança çykdy, parahatçylyk güýçleri geldi.", "mass-protest peacekeeping", ""),
    ("tk", "“Amerikanyň Sesi” habar berdi.", "", "united-states"),
    ("tk", "Azat Ýewropa/Azatlyk Radiosy habar berdi.", "rferl", "europe"),
    ("tk", "Kollektiw howpsyzlyk guramasy ýygnandy.", "csto", "collective-security"),
    ("tr", "Amerika'nın Sesi yayını durdurdu.", "", "united-states"),
    ("tr", "Bir Türk devleti olan Kazakistan büyüyor.", "turkic-world kazakhstan", "turkey"),
    ("tr", "Uyuşturucuyla mücadele ekipleri baskın yaptı.", "drug-trafficking", ""),
    ("tr", "Kitlesel huzursuzluk yayıldı, halk protestoları sürdü.", "mass-protest", ""),
    ("uz-Cyrl", "ЖХШТ тинчлик ўрнатувчи кучлари келди.", "csto peacekeeping", ""),
    ("uz", "Amerika Ovozi xabar berdi.", "", "united-states"),
    ("kk", "Есірткіге қарсы күрес күшейді, халық наразылығы басылды.", "drug-trafficking mass-protest", ""),
    ("kk", "Америка дауысы радиосы жабылды.", "", "united-states"),
    ("ky", "«Америка үнү» радиосу жабылды.", "", "united-states"),
    ("ky", "Армениядагы нааразылык кыймылы күчөдү.", "mass-protest armenia", ""),
    ("ru", "Голос Америки закрыли.", "", "united-states"),
    ("en", "Voice of America went silent.", "", "united-states"),
    ("hy", "«Ամերիկայի ձայնը» լռեց։", "", "united-states"),
    ("hy", "Զանգվածային բողոքի ցույցերը շարունակվում են։", "mass-protest", ""),
    ("tg", "Мубориза бо маводи мухаддир пурзӯр шуд.", "drug-trafficking", ""),
    ("az", "Narkotizmlə mübarizə gücləndi.", "drug-trafficking", ""),
    # narcotics count where something tells of their trade
    ("en", "Customs seized 40 kilograms of heroin at the crossing.", "drug-trafficking", ""),
    ("en", "He wrote a poem on opium and sleep.", "", "drug-trafficking"),
    ("ru", "При обыске изъято 12 килограммов наркотиков.", "drug-trafficking", ""),
    ("ru", "Лекция о вреде наркотиков прошла в школе.", "", "drug-trafficking"),
    ("kk", "Шекарада отыз келі есірткі тәркіленді.", "drug-trafficking", ""),
    ("kk", "Есірткінің зияны туралы дәріс өтті.", "", "drug-trafficking"),
    ("ky", "Чек арада он килограмм баңгизат табылды.", "drug-trafficking", ""),
    ("ky", "Баңгизаттын зыяны тууралуу лекция өттү.", "", "drug-trafficking"),
    ("uz", "Chegarada giyohvand moddalar musodara qilindi.", "drug-trafficking", ""),
    ("uz", "Giyohvand moddalarning zarari haqida maʼruza oʻqildi.", "", "drug-trafficking"),
    ("tg", "Дар марз маводи мухаддир мусодира шуд.", "drug-trafficking", ""),
    ("tg", "Дар бораи зарари маводи мухаддир лексия хонданд.", "", "drug-trafficking"),
    ("tk", "Serhetde neşe serişdeleri tutuldy.", "drug-trafficking", ""),
    ("az", "Sərhəddə narkotik axınının qarşısı alındı.", "drug-trafficking", ""),
    ("az", "Narkotikin zərəri barədə mühazirə oxundu.", "", "drug-trafficking"),
    ("tr", "Sınırda 20 kilogram uyuşturucu ele geçirildi.", "drug-trafficking", ""),
    ("tr", "Uyuşturucunun zararları anlatıldı.", "", "drug-trafficking"),
    ("hy", "Մաքսանենգները 5 կիլոգրամ թմրանյութ էին տեղափոխում։", "drug-trafficking", ""),
    ("zh", "警方缴获毒品三百公斤。", "drug-trafficking", ""),
    ("zh", "学校开展毒品危害讲座。", "", "drug-trafficking"),
    ("uz", "Rossiyada mehnat muhojirligida yurganlar qaytdi.", "migration-labour russia", ""),
    ("en", "Police watched the demonstration near the square.", "mass-protest", ""),
    ("en", "The demonstration of a new loom drew police cadets.", "", "mass-protest"),
    ("tr", "Edebiyatta daha radikal gruplar vardı.", "", "radicalization"),
    ("en", "Troops of unmanned systems were formed.", "uav", ""),
    ("en", "Environmental extremists glued themselves to the road.", "", "religious-extremism"),
    ("kk", "Наразылық батыс өңірден басталды; наразылық басталғанын бәрі көрді.", "mass-protest", ""),
    ("kk", "Тұтынушы дүкенге наразылық білдірді.", "", "mass-protest"),
    ("ky", "Жүздөгөн киши нааразычылыкка чыкты.", "mass-protest", ""),
    ("hy", "Երկրում փողոցային բողոքներ են սկսվել։", "mass-protest", ""),
    # one character before an office names a state where a phrase begins
    ("zh", "俄总统表示欢迎，哈当局沉默。", "russia kazakhstan", ""),
    ("zh", "据美官员透露，韩外长将访华。", "united-states south-korea china", ""),
    ("zh", "古巴总统来访，南美总统发表声明。", "", "pakistan united-states"),
    ("zh", "今日官员到场，灯塔政府大楼开放，完美政府不存在。", "", "japan tajikistan united-states"),
)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return load_tagger()


@pytest.mark.parametrize(("language", "text", "wanted", "unwanted"), SENTENCES)
def test_only_what_is_named_is_tagged(tagger: Tagger, language: str, text: str, wanted: str, unwanted: str) -> None:
    found = {mention.entity for mention in tagger.tag(text, language)}
    assert set(wanted.split()) <= found
    assert not set(unwanted.split()) & found
