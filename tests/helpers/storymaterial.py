"""Invented notes in the eleven languages, and what outlets print below them. No outlet or event in them is real."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Material:
    """Three unrelated notes of one language; a footer, a list to read on, and a background with its mark."""

    notes: tuple[str, str, str]
    footer: str
    also: str
    background: str
    lead: str
    """What another outlet puts before a text that it reprints."""


LANGUAGES: dict[str, Material] = {
    "en": Material(
        (
            "A border guard was shot at a post near the river on Sunday morning, and the search for two men goes on.",
            "Wheat exports through the port have doubled since spring, since most of the harvest now goes south "
            "by ship.",
            "Avalanches closed the road over the pass, and drivers were asked to wait in the village until Friday.",
        ),
        "Subscribe to our channel and be the first to read the news. Reprints are allowed only with an "
        "active link to "
        "the source. The opinion of the editors may differ from that of the authors. Found a mistake? Select it and "
        "press both keys.",
        "Read also: Two provinces agree on the last stretch of their canal. A school for drivers of snow "
        "ploughs opens "
        "in the north. The customs house is moved to the other bank of the river before winter.",
        "Recall that in the spring of last year clashes broke out near a water intake. According to official "
        "data dozens "
        "of people were killed, hundreds of houses burned down and thousands were taken to safety.",
        "Our correspondent in the valley passes on what the agencies wrote this evening.",
    ),
    "ru": Material(
        (
            "Пограничник ранен выстрелом на заставе у реки в воскресенье утром, двоих мужчин разыскивают до сих пор.",
            "Вывоз пшеницы через порт с весны удвоился, потому что большая часть урожая теперь уходит на юг морем.",
            "Лавины перекрыли дорогу через перевал, водителей попросили переждать в посёлке до пятницы.",
        ),
        "Подписывайтесь на наш канал и читайте новости первыми. Перепечатка разрешена только при наличии "
        "активной ссылки "
        "на источник. Мнение редакции может не совпадать с мнением авторов. Нашли ошибку? Выделите её и нажмите две "
        "клавиши.",
        "Читайте также: Две области договорились о последнем участке канала. На севере открыли школу водителей "
        "снегоуборочных машин. Таможню до зимы перенесут на другой берег реки.",
        "Напомним, весной прошлого года у водозабора начались столкновения. По официальным данным, погибли десятки "
        "человек, сгорели сотни домов, тысячи жителей вывезли в безопасные места.",
        "Наш корреспондент в долине передаёт то, что вечером написали агентства.",
    ),
    "kk": Material(
        (
            "Жексенбі күні таңертең өзен бойындағы заставада шекарашы оқтан жараланды, екі ер адамды әлі іздеп жатыр.",
            "Порт арқылы бидай тасымалы көктемнен бері екі есе өсті, өйткені астықтың көбі енді оңтүстікке "
            "кемемен кетеді.",
            "Қар көшкіні асу арқылы өтетін жолды жауып тастады, жүргізушілерден ауылда жұмаға дейін күту сұралды.",
        ),
        "Біздің арнаға жазылып, жаңалықтарды бірінші болып оқыңыз. Материалды көшіріп басуға тек дереккөзге белсенді "
        "сілтеме берілген жағдайда рұқсат етіледі. Редакция пікірі автор пікірімен сәйкес келмеуі мүмкін. "
        "Қате таптыңыз "
        "ба? Оны белгілеп, екі пернені басыңыз.",
        "Тағы оқыңыз: Екі облыс арнаның соңғы бөлігі туралы келісті. Солтүстікте қар тазалайтын көлік жүргізушілер "
        "мектебі ашылды. Кеден бекеті қысқа дейін өзеннің арғы бетіне көшіріледі.",
        "Еске салайық, өткен жылдың көктемінде су бөгеті маңында қақтығыс басталған еді. Ресми дерек бойынша "
        "ондаған адам "
        "қаза тауып, жүздеген үй өртеніп, мыңдаған тұрғын қауіпсіз жерге көшірілді.",
        "Алқаптағы тілшіміз агенттіктердің кешке жазғанын жеткізеді.",
    ),
    "ky": Material(
        (
            "Жекшемби күнү эртең менен дарыянын боюндагы заставада чек арачы октон жараланды, эки киши дале изделүүдө.",
            "Порт аркылуу буудай ташуу жаздан бери эки эсе өстү, анткени түшүмдүн көбү эми түштүккө кеме менен кетет.",
            "Көчкү ашуу аркылуу өткөн жолду жаап калды, айдоочулардан айылда жумага чейин күтүү суралды.",
        ),
        "Биздин каналга жазылып, жаңылыктарды биринчи болуп окуңуз. Материалды көчүрүп басууга булакка "
        "активдүү шилтеме "
        "болгондо гана уруксат берилет. Редакциянын пикири автордун пикирине дал келбеши мүмкүн. Ката "
        "таптыңызбы? Аны "
        "белгилеп, эки баскычты басыңыз.",
        "Дагы окуңуз: Эки облус каналдын акыркы бөлүгү боюнча макулдашты. Түндүктө кар тазалоочу унаа "
        "айдоочулар мектеби "
        "ачылды. Бажы бекети кышка чейин дарыянын аркы өйүзүнө көчүрүлөт.",
        "Эске салсак, былтыр жазында суу бөгөтүнүн жанында кагылышуу башталган. Расмий маалымат боюнча "
        "ондогон киши каза "
        "болуп, жүздөгөн үй өрттөнүп, миңдеген тургун коопсуз жерге көчүрүлгөн.",
        "Өрөөндөгү кабарчыбыз агенттиктер кечинде жазганын жеткирет.",
    ),
    "uz": Material(
        (
            "Yakshanba kuni ertalab daryo bo‘yidagi zastavada chegarachi o‘qdan yaralandi, ikki erkak hali "
            "qidirilmoqda.",
            "Port orqali bug‘doy tashish bahordan beri ikki barobar oshdi, chunki hosilning ko‘pi janubga kemada "
            "ketadi.",
            "Ko‘chki dovon orqali o‘tgan yo‘lni to‘sib qo‘ydi, haydovchilardan qishloqda jumagacha kutish so‘raldi.",
        ),
        "Kanalimizga obuna bo‘ling va yangiliklarni birinchi bo‘lib o‘qing. Materialni ko‘chirib bosishga "
        "faqat manbaga "
        "faol havola berilganda ruxsat etiladi. Tahririyat fikri muallif fikriga mos kelmasligi mumkin. Xato "
        "topdingizmi? "
        "Uni belgilab, ikkita tugmani bosing.",
        "Mavzuga oid: Ikki viloyat kanalning oxirgi qismi haqida kelishdi. Shimolda qor tozalovchi mashina "
        "haydovchilari "
        "maktabi ochildi. Bojxona posti qishgacha daryoning narigi qirg‘og‘iga ko‘chiriladi.",
        "Eslatib o‘tamiz, o‘tgan yil bahorida suv to‘g‘oni yonida to‘qnashuv boshlangan edi. Rasmiy "
        "ma’lumotga ko‘ra, "
        "o‘nlab odam halok bo‘ldi, yuzlab uy yondi, minglab aholi xavfsiz joyga ko‘chirildi.",
        "Vodiydagi muxbirimiz agentliklar kechqurun yozganini yetkazadi.",
    ),
    "tg": Material(
        (
            "Субҳи рӯзи якшанбе дар дидбонгоҳи назди дарё марзбон аз тир захмӣ шуд, ду мардро то ҳол меҷӯянд.",
            "Содироти гандум тавассути бандар аз баҳор ду баробар афзуд, зеро қисми зиёди ҳосил акнун бо киштӣ "
            "мебарад.",
            "Тарма роҳи ағбаро баст, аз ронандагон хоҳиш карданд, ки то рӯзи ҷумъа дар деҳа истанд.",
        ),
        "Ба канали мо обуна шавед ва хабарҳоро аввалин шуда хонед. Нашри мавод танҳо бо пайванди фаъол ба "
        "сарчашма иҷозат "
        "дода мешавад. Назари идора метавонад бо назари муаллиф мувофиқ набошад. Хато ёфтед? Онро ҷудо "
        "карда, ду тугмаро "
        "пахш кунед.",
        "Инчунин хонед: Ду вилоят дар бораи қисми охири канал созиш карданд. Дар шимол мактаби ронандагони мошинҳои "
        "барфтоза кушода шуд. Гумрукхонаро то зимистон ба соҳили дигари дарё мекӯчонанд.",
        "Ёдовар мешавем, баҳори соли гузашта дар назди обгир задухӯрд сар зад. Тибқи маълумоти расмӣ даҳҳо "
        "нафар ҳалок "
        "шуданд, садҳо хона сӯхт, ҳазорон сокин ба ҷойи бехатар бурда шуданд.",
        "Хабарнигори мо дар водӣ он чиро, ки агентиҳо бегоҳ навиштанд, мерасонад.",
    ),
    "tk": Material(
        (
            "Ýekşenbe güni irden derýanyň boýundaky nokatda serhetçi okdan ýaralandy, iki erkek adam entek gözlenýär.",
            "Port arkaly bugdaý daşamak ýazdan bäri iki esse artdy, sebäbi hasylyň köpüsi indi günorta gämide gidýär.",
            "Gar süýşmesi geçelgeden geçýän ýoly ýapdy, sürüjilerden obada anna gününe çenli garaşmak soraldy.",
        ),
        "Kanalymyza ýazylyň we habarlary ilkinji bolup okaň. Materialy göçürip çap etmäge diňe çeşmä işjeň "
        "salgylanma "
        "berlende rugsat edilýär. Redaksiýanyň pikiri awtoryň pikirine gabat gelmän biler. Ýalňyş tapdyňyzmy? Ony "
        "belläp, iki düwmä basyň.",
        "Şeýle hem okaň: Iki welaýat kanalyň soňky bölegi barada ylalaşdy. Demirgazykda gar arassalaýan "
        "ulaglaryň sürüji "
        "mekdebi açyldy. Gümrük nokady gyşa çenli derýanyň beýleki kenaryna göçüriler.",
        "Ýatlatsak, geçen ýylyň ýazynda suw bendiniň ýanynda çaknyşyk başlapdy. Resmi maglumata görä onlarça "
        "adam öldi, "
        "ýüzlerçe öý ýandy, müňlerçe ýaşaýjy howpsuz ýere göçürildi.",
        "Jülgedäki habarçymyz agentlikleriň agşam ýazanlaryny ýetirýär.",
    ),
    "tr": Material(
        (
            "Pazar sabahı nehir kıyısındaki karakolda bir sınır görevlisi vuruldu, iki kişi hâlâ her yerde aranıyor.",
            "Limandan yapılan buğday ihracatı bahardan beri iki katına çıktı, çünkü ürünün çoğu artık güneye "
            "gemiyle gidiyor.",
            "Çığ geçitten geçen yolu kapattı, sürücülerden cuma gününe kadar köyde beklemeleri istendi.",
        ),
        "Kanalımıza abone olun ve haberleri ilk siz okuyun. Alıntı yapılmasına yalnızca kaynağa etkin "
        "bağlantı verilmesi "
        "hâlinde izin verilir. Yazı işlerinin görüşü yazarın görüşünden farklı olabilir. Hata mı buldunuz? "
        "Seçin ve iki "
        "tuşa birden basın.",
        "Ayrıca okuyun: İki il kanalın son bölümü üzerinde anlaştı. Kuzeyde kar küreme aracı sürücüleri için "
        "okul açıldı. "
        "Gümrük binası kıştan önce nehrin öbür kıyısına taşınıyor.",
        "Hatırlanacağı üzere geçen yıl baharda su alma yapısının yanında çatışma çıkmıştı. Resmî verilere "
        "göre onlarca "
        "kişi öldü, yüzlerce ev yandı, binlerce kişi güvenli yerlere taşındı.",
        "Vadideki muhabirimiz ajansların bu akşam yazdıklarını aktarıyor.",
    ),
    "az": Material(
        (
            "Bazar günü səhər çay sahilindəki postda sərhədçi güllə ilə yaralanıb, iki nəfər hələ də axtarılır.",
            "Liman vasitəsilə buğda ixracı yazdan bəri iki dəfə artıb, çünki məhsulun çoxu indi cənuba gəmi ilə gedir.",
            "Uçqun aşırımdan keçən yolu bağlayıb, sürücülərdən cümə gününə qədər kənddə gözləmək xahiş olunub.",
        ),
        "Kanalımıza abunə olun və xəbərləri birinci oxuyun. Materialın çap edilməsinə yalnız mənbəyə aktiv keçid "
        "verildikdə icazə verilir. Redaksiyanın fikri müəllifin fikri ilə üst-üstə düşməyə bilər. Səhv tapdınız? Onu "
        "seçin və iki düyməni basın.",
        "Həmçinin oxuyun: İki vilayət kanalın son hissəsi barədə razılaşdı. Şimalda qar təmizləyən maşın "
        "sürücüləri üçün "
        "məktəb açıldı. Gömrük postu qışa qədər çayın o biri sahilinə köçürülür.",
        "Xatırladaq ki, ötən ilin yazında su qəbuledicisinin yanında toqquşma başlamışdı. Rəsmi məlumata "
        "görə onlarla "
        "insan həlak olub, yüzlərlə ev yanıb, minlərlə sakin təhlükəsiz yerə köçürülüb.",
        "Vadidəki müxbirimiz agentliklərin axşam yazdıqlarını çatdırır.",
    ),
    "hy": Material(
        (
            "Կիրակի առավոտյան գետի մոտ գտնվող ուղեկալում սահմանապահը վիրավորվել է կրակոցից, երկու տղամարդու դեռ "
            "փնտրում են։",
            "Նավահանգստով ցորենի արտահանումը գարնանից կրկնապատկվել է, քանի որ բերքի մեծ մասն այժմ նավով հարավ է գնում։",
            "Ձնահոսքերը փակել են լեռնանցքի ճանապարհը, վարորդներին խնդրել են գյուղում սպասել մինչև ուրբաթ օրը։",
        ),
        "Բաժանորդագրվեք մեր ալիքին և առաջինը կարդացեք լուրերը։ Արտատպումը թույլատրվում է միայն աղբյուրին ակտիվ հղում "
        "կատարելու դեպքում։ Խմբագրության կարծիքը կարող է չհամընկնել հեղինակների կարծիքի հետ։ Սխա՞լ եք գտել։ "
        "Նշեք այն և "
        "սեղմեք երկու ստեղն։",
        "Կարդացեք նաև՝ Երկու մարզերը պայմանավորվել են ջրանցքի վերջին հատվածի շուրջ։ Հյուսիսում բացվել է ձյուն մաքրող "
        "մեքենաների վարորդների դպրոց։ Մաքսատունը մինչև ձմեռ կտեղափոխեն գետի մյուս ափ։",
        "Հիշեցնենք, որ անցյալ տարվա գարնանը ջրառի մոտ բախումներ էին սկսվել։ Պաշտոնական տվյալներով տասնյակ "
        "մարդիկ զոհվել "
        "են, հարյուրավոր տներ այրվել, հազարավոր բնակիչներ տեղափոխվել ապահով վայր։",
        "Հովտում մեր թղթակիցը փոխանցում է այն, ինչ երեկոյան գրել են գործակալությունները։",
    ),
    "zh": Material(
        (
            "星期天早晨河边哨所一名边防军人中枪受伤，警方仍在附近山区搜寻两名男子。",
            "自春季以来经该港口出口的小麦增加了一倍，因为大部分收成如今改走海路运往南方。",
            "雪崩封住了翻越山口的公路，当局请司机们留在村里等到周五再出发。",
        ),
        "欢迎订阅我们的频道，抢先阅读最新消息。转载本站文章须注明出处并附上有效链接，作者观点不一定代表编辑部立场。"
        "发现错误请选中文字并同时按下两个按键告诉我们。",
        "延伸阅读：两省就运河最后一段达成一致。北方开办扫雪车驾驶学校。海关大楼将在入冬前迁往河的对岸。",
        ""
        "此前报道，去年春天取水口附近曾爆发冲突。官方数据显示数十人死亡，数百所房屋被烧毁，数千名居民被转移到安全地带。",
        "本报驻谷地记者转述各通讯社今晚发布的消息。",
    ),
}
