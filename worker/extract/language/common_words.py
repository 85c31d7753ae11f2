"""Common small words that distinguish languages: every sentence has them, and names never do."""

from __future__ import annotations

_WORDS = {
    "ru": (
        "в и на не с что по о к из за для от до при у об со во ко но а как это его их он она они был была было были"
        " будет будут под над после перед между также уже более чем если или то же ли бы через против без только"
        " где когда кто почему который которые которая чтобы сообщил сообщила сообщает заявил заявила рассказал"
        " год года году лет ещё еще все всех этом том"
        " президент министр глава страны стране новый новая новые"
        " главы главу главой встретился провел провёл прошла прошел прошло прошли начал начала принял приняла"
        " обсудили обсудил заседание подписал сообщили"
    ),
    "bg": (
        "в и на не с за от до при но а по след през като със се са е ще да че беше бяха което който която които"
        " това този тази тези към над под без само още или между срещу заради към той тя те му им го я ги във"
        " съм сме сте най много има няма кой какво защо как къде обяви заяви година години"
    ),
    "uk": (
        "в у і й та на не з із зі що як це до від для за про по при його її їх він вона вони був була було були буде"
        " після перед між також вже або чи який яка які щоб через проти без тільки де коли хто чому року рік років"
    ),
    "be": "у і ў на не з са што як гэта да ад для за пра па пры яго яе іх ён яна яны быў была было былі будзе або год",
    "sr": "и у на не с са за од до је се су да ће који која које као што то или али из по о није био била биле већ",
    "mk": "и во на не со за од до е се да ќе што кој која кои како тоа или но по дека беше биле сите годината",
    "kk": (
        "және мен пен бен туралы деп бұл үшін болды бар жоқ ол осы сол бойынша екен дейді деді емес керек қалай"
        " жаңа бір екі үш жылы жылғы кейін дейін арасында немесе ғана туралы болып болған отыр тұр еді қазақ"
        " айтты берді ескен алды келді мемлекет күні бас ең тағы не неге кім қандай барлық сондай ал бірақ да де та те"
        " президенті министрі үкіметі еліміз өтті аталған"
        " барды өткізді кездесу отырысы халық бүгін жұмыс келеді жатыр қатысты"
    ),
    "ky": (
        "жана менен деп бул үчүн боюнча анын болгон тууралуу эмес бар жок ошол дагы керек кандай бир эки үч"
        " жылы кийин чейин же гана болуп турат эле деди билдирди айтты караганда жаңы ал алар эмне ким кайсы"
        " өз көп эң бирок да де та те даа до ушул каза алды күнү берди болду"
        " президенти өкмөт мамлекет министри өттү мамлекеттик"
        " барды өткөрдү жолугушуу жыйын бүгүн жумуш келет жатат катышты"
    ),
    "uz": (
        "va ва билан учун ҳам деб бу бўлган бўйича ҳақида эса эди бир икки уч йил йили йилда кейин гача ёки лекин"
        " қилиш қилди қилинди бўлди бўлиб керак нима қандай янги ўз ҳар барча энг томонидан тўғрисида унинг улар"
        " bilan uchun ham deb bu bo‘lgan boʻlgan bo'lgan bolgan bo‘yicha boʻyicha bo'yicha boyicha haqida esa edi"
        " bir ikki uch yil yili yilda yilgi keyin qadar yoki lekin qilish qildi qilindi bo‘ldi boʻldi bo'ldi boldi"
        " bo‘lib boʻlib bo'lib bolib kerak nima qanday yangi o‘z oʻz o'z har barcha eng tomonidan to‘g‘risida"
        " to'g'risida uning ular mumkin emas"
        " prezidenti vaziri davlat mamlakat kuni президенти вазири давлат мамлакат куни янги шанба якшанба"
        " bordi keldi bugun ish uchrashuv xalq борди келди бугун иш учрашув халқ ўтказди"
    ),
    "tg": (
        "ва дар ба аз ки бо ин он барои то ё ҳам ҳамчунин аст буд шуд шуда мешавад мекунад кард карда кунад"
        " будааст шудааст дорад надорад нест ҳаст худ вай онҳо мо шумо як ду се соли соли сол рӯзи бори баъди пас"
        " пеш бояд чи чаро кӣ куҷо ҳар ҳама дигар низ нав навро гуфт гуфта қабул мулоқот баррасӣ миёни зидди"
        " ҳукумати вазири давлат давлатӣ кишвар ҷумҳурии президенти"
        " рафт имрӯз кор сафар кард мардум вохӯрӣ дод"
    ),
    "en": (
        "the of and to for with from by at as in on is are was were has have had be will would that this these not"
        " his her their its it who what why how when where after before over under into against about amid more"
        " than but or says said new an may can could should his they we you he she been despite between during"
        " as first last year years day talks deal plan plans calls warns"
        " president minister government former"
        " meets visits signs arrests arrested detains detained jailed fires leaves leave leader opens opposition"
        " gas oil border troops police protest protests protesters activists journalist parliament election vote"
        " security water energy war army foreign economy trade people state military crisis region central eyes"
        " says warns"
    ),
    "tr": (
        "ve bir bu için ile olarak da de olan gibi daha çok kadar sonra göre değil ise ki mi mı mu mü ne nasıl neden"
        " kim yeni en her tüm oldu olduğu olduğunu etti edildi dedi var yok ama ancak veya ya karşı önce arasında"
        " üzerinde üzerine tarafından yılında yıl yıllık icin gore degil nasil uzerine karsi yilinda"
        " eski resmi eğer şimdi başkanı cumhurbaşkanı bakanı bakanlığı hükümet açıkladı günü"
        " gitti geldi bugün iş görüştü halk açıldı aldı ediyor oluyor"
    ),
    "az": (
        "və bir bu üçün ilə olaraq da də olan kimi daha çox qədər sonra görə deyil isə ki nə necə niyə kim yeni ən hər"
        " bütün oldu olub edib edilib etdi dedi deyib var yox amma ancaq lakin ya qarşı əvvəl arasında haqqında"
        " üzrə tərəfindən ildə il ilin olduğunu etmək ucun ile ucun haqqinda uzre qeder"
        " prezidenti naziri nazirliyi hökumət ölkə bildirib günü başlayıb keçirilib"
        " gedib gəlib bugün iş görüş xalq açılıb görüşüb edir"
    ),
    "tk": (
        "we bir bu üçin bilen hem da de bolan ýaly has köp çenli soň görä däl diýip ki näme nähili näçe kim täze iň"
        " her ähli boldy etdi edildi diýdi bar ýok emma ýa ýada garşy öň arasynda barada boýunça tarapyndan ýylda ýyl"
        " ýylyň bolup bolýar edýär onuň öz olar bilelikde"
        " prezidenti ministri döwlet ýurdy hökümet güni anna şu öňki"
        " bugün iş gitdi geldi duşuşyk halk geçirdi açyldy gatnaşdy"
    ),
    "kk-Latn": (
        "jane zhane men pen ben turaly dep bul ushin usin boldy boldi bar joq zhoq ol osy sol boiynsha boiynsa boyinsa"
        " boiynşa eken deidi deydi dedi emes kerek qalai qalay jana jańa bir eki ush jyly jili jylgy keiin keyin deiin"
        " deyin arasynda arasinda nemese gana bolyp bolip bolgan otyr otir tur edi qazaq aitty ayttı aytti berdi aldy"
        " aldi keldi memleket kuni bas tagy tagi nege kim qandai qanday barlyq barliq sondai sonday biraq"
        " qazaqstan qazaqstannyn qazaqstannin basshysy bassysy otyrysy otyrysynda otyrys otirisi kezdesu kezdesui"
        " otkizdi halyq halyqqa halqi elordada aqorda bugin jumys zhumys jumis mektep jol joly bolady bolgan alady"
        " keledi jatyr jatir"
    ),
    "de": "der die das und ist nicht mit von für auf dem den ein eine im zu des sich nach wird sind bei über auch wie",
    "fr": "le la les des de du et est une un dans pour que qui sur pas au aux par avec ce se son sa à en plus selon",
    "es": "el la los las de del y en que es por con para una un se no su al lo como más entre sobre ha tras",
    "it": "il la le i gli di del della e è in che per un una con non si da al dei sono nel alla come più",
    "pt": "o a os as de do da e em que é por com para um uma se não no na dos ao mais como são pelo",
    "nl": "de het een en van in is op te dat voor met zijn niet aan er om ook bij naar uit over wordt",
    "pl": "w i z na do się nie to że jest o od za po jak dla przez przed oraz czy jego są był już przy tym",
    "cs": "v a z na do se ne to že je o od za po jak pro před nebo by jeho jsou byl už při s k ve ale",
    "ro": "în de la cu și din pe pentru care nu o un este sunt au al ale prin după fost mai ce",
    "sv": "och i att en det som på är av för med den till inte har om ett från han var de",
    "da": "og i at en det som på er af for med den til ikke har om et fra han var de",
    "no": "og i at en det som på er av for med den til ikke har om et fra han var de",
    "fi": "ja on ei että oli se hän mutta myös kun ovat joka mukaan",
    "hu": "a az és hogy nem is egy volt meg csak ez már még szerint után",
}


def _by_word() -> dict[str, tuple[str, ...]]:
    languages: dict[str, list[str]] = {}
    for language, words in _WORDS.items():
        for word in dict.fromkeys(words.split()):
            languages.setdefault(word, []).append(language)
    return {word: tuple(of_word) for word, of_word in languages.items()}


LANGUAGES_OF = _by_word()
"""The languages in which a word is a common one."""
