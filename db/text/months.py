"""Names of months and weekdays, and words within dates, in the languages of our outlets. Data."""

from __future__ import annotations

import unicodedata

_LONG: dict[str, str] = {
    "en": "january february march april may june july august september october november december",
    "ru": "январь|января|январе февраль|февраля|феврале март|марта|марте апрель|апреля|апреле май|мая|мае "
    "июнь|июня|июне июль|июля|июле август|августа|августе сентябрь|сентября|сентябре октябрь|октября|октябре "
    "ноябрь|ноября|ноябре декабрь|декабря|декабре",
    "uk": "січень|січня|січні лютий|лютого березень|березня|березні квітень|квітня|квітні травень|травня|травні "
    "червень|червня|червні липень|липня|липні серпень|серпня|серпні вересень|вересня|вересні жовтень|жовтня|жовтні "
    "листопад|листопада|листопаді грудень|грудня|грудні",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "kk-Latn": "qańtar|qañtar|qantar aqpan naýryz|nauryz|nawrız|naurız sáýir|säuır|säwir|sauir mamyr|mamır "
    "maýsym|mausym|mawsım shilde|şilde|şılde tamyz|tamız qyrkúıek|qyrküiek|qırküyek|qyrkuiek "
    "qazan qarasha|qaraşa jeltoqsan",
    "ky": "январь|январ февраль|феврал март апрель|апрел май июнь|июн июль|июл август сентябрь|сентябр "
    "октябрь|октябр ноябрь|ноябр декабрь|декабр",
    "uz": "yanvar fevral mart aprel may iyun iyul avgust sentyabr|sentabr oktyabr|oktabr noyabr dekabr",
    "tk": "ýanwar fewral mart aprel maý iýun iýul awgust sentýabr oktýabr noýabr dekabr",
    "az": "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
    "az-Cyrl": "јанвар феврал март апрел мај ијун ијул август сентјабр октјабр нојабр декабр",
    "hy": "հունվար փետրվար մարտ ապրիլ մայիս հունիս հուլիս օգոստոս սեպտեմբեր հոկտեմբեր նոյեմբեր դեկտեմբեր",
    "fa": "ژانویه|جنوری فوریه|فبروری|فبروري مارس|مارچ آوریل|اپریل مه|می|مۍ ژوئن|جون ژوئیه|جولای|جولایی "
    "اوت|آگوست|اگست سپتامبر|سپتمبر اکتبر|اکتوبر نوامبر|نومبر دسامبر|دسمبر",
    "ka": "იანვარი|იანვარს თებერვალი|თებერვალს მარტი|მარტს აპრილი|აპრილს მაისი|მაისს ივნისი|ივნისს ივლისი|ივლისს "
    "აგვისტო|აგვისტოს სექტემბერი|სექტემბერს ოქტომბერი|ოქტომბერს ნოემბერი|ნოემბერს დეკემბერი|დეკემბერს",
    "de": "januar|jänner februar märz|maerz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre|setiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "pl": "stycznia|styczeń lutego|luty marca|marzec kwietnia|kwiecień maja|maj czerwca|czerwiec lipca|lipiec "
    "sierpnia|sierpień września|wrzesień października|październik listopada|listopad grudnia|grudzień",
}
"""Full names, with their forms in dates; languages with regular endings add them below."""

_SHORT: dict[str, str] = {
    "en": "jan feb|febr mar apr . jun jul aug sep|sept oct nov dec",
    "ru": "янв февр мар апр . июн июл авг сен|сент окт нояб дек",
    "uk": "січ лют бер|берез кві|квіт тра|трав чер|черв лип сер|серп вер|верес жов|жовт лис|лист гру|груд",
    "tr": "oca şub mar nis . haz tem ağu|ağus eyl eki kas ara",
    "kk": "қаң|қаңт ақп нау|наур сәу мам мау|маус шіл там қыр|қырк қаз қар желт|жел",
    "kk-Latn": "qań|qan aqp nau sáý|sau mam mau shil|şil tam qyr qaz qar jel|jelt",
    "ky": "янв фев мар апр . июн июл авг сен окт ноя дек",
    "uz": "yan fev mar apr . iyn iyl avg sen okt noy dek",
    "tk": "ýan few mar apr . iýun iýul awg sen okt noý dek",
    "az": "yan fev mar apr . iyn iyl avq sen okt noy dek",
    "tg": "янв фев мар апр . июн июл авг сен окт ноя дек",
    "hy": "հնվ փտվ|փետ մրտ|մար ապր մյս|մայ հնս հլս|հուլ օգս|օգոս սեպ|սեպտ հոկ|հոկտ նոյ դեկ|դեկտ",
    "ka": "იან თებ მარ აპრ მაი ივნ ივლ აგვ სექ ოქტ ნოე დეკ",
    "de": "jän . mär|mrz . . . . . . okt . dez",
    "fr": "janv févr|fév . avr . . juil . . . . déc",
    "es": "ene . . abr . . . ago . . . dic",
    "it": "gen . . . mag giu lug ago . ott . dic",
}
"""Abbreviations, each with or without a full stop; `.` if a language has none of its own."""

_ENDINGS: dict[str, str] = {
    "tr": "da de ta te ı i u ü",
    "kk": "да де та те дан ден тан тен ға ге қа ке дың дің тың тің ы і ында інде",
    "kk-Latn": "da de ta te dyń diń tyń tiń dyñ diñ tyñ tiñ",
    "ky": "ы и у ү да де до дө та те то тө дан ден тан тен га ге ка ке дын дин дун дүн тын тин тун түн ында инде унда",
    "uz": "da dan ga ning i",
    "uz-Cyrl": "да дан га нинг и",
    "tg": "и",
    "tk": "y i da de ynda inde yň iň ynyň iniň",
    "az": "ın in un ün da də ı i u ü",
    "hy": "ի ին ից ում",
}
_SAME_NAMES = {"uz-Cyrl": "ky", "tg": "ky"}
"""Languages with the month names of another one."""

_NOT_MONTHS = frozenset(
    {
        "martin",
        "martyn",
        "marti",
        "мартын",
        "mayi",
        "mayin",
        "maydan",
        "mayda",
        "майдан",
        "майка",
        "say",
        "sil",
    }
)
"""Combinations with endings or missing marks that are a name or another word."""

_WEEKDAYS: tuple[str, ...] = (
    "monday mon понедельник пн понеділок pazartesi pzt дүйсенбі дс дүйшөмбү дш dushanba душанба душанбе duşenbe "
    "երկուշաբթի montag lundi lunes lunedì دوشنبه",
    "tuesday tue tues вторник вт вівторок salı sal сейсенбі сс шейшемби шш seshanba сешанба сешанбе sişenbe "
    "երեքշաբթի dienstag mardi martes martedì",
    "wednesday wed среда среду ср середа çarşamba çar сәрсенбі шаршемби chorshanba чоршанба чоршанбе çarşenbe "
    "չորեքշաբթի mittwoch mercredi miércoles mercoledì چهارشنبه",
    "thursday thu thur thurs четверг чт четвер perşembe per бейсенбі бс бейшемби payshanba пайшанба панҷшанбе "
    "penşenbe հինգշաբթի donnerstag jeudi jueves giovedì پنجشنبه",
    "friday fri пятница пятницу пт п'ятниця cuma cum жұма жм жума juma ҷумъа anna ուրբաթ freitag vendredi viernes "
    "venerdì جمعه",
    "saturday sat суббота субботу сб субота cumartesi cmt сенбі сн ишемби shanba шанба шанбе şenbe շաբաթ samstag "
    "samedi sábado sabato شنبه",
    "sunday sun воскресенье вс неділя нд pazar paz жексенбі жс жекшемби yakshanba якшанба якшанбе ýekşenbe կիրակի "
    "sonntag dimanche domingo domenica یکشنبه",
)
_YEAR_WORDS = (
    "г гг год года году ж жыл жылы жылғы жылдың жылдын жылда жылкы йил йили йилнинг йилги йилда yil yili yilning yilgi "
    "yilda il ili ilin ildə ý ýyl ýyly ýylyň ýylynyň jyl jyly jylǵy jylğy jylgy сол соли соле թ թվական թվականի "
    "թվականին р рік року році yıl yılı yılın წ წელი წლის سال роки"
)
_BETWEEN = (
    "of de the le el del di den der vom числа kuni куни күні күнү gün günü oyi oyining ойи айы ай айының айынын ayı "
    "ayının aýy aýynyň моҳи рӯзи ամսի ամսին bazar ertəsi çərşənbə axşamı cümə şənbə "
    "日 号 號 星 期 周 週 一 二 三 四 五 六 天"
)
_BEFORE_CLOCK = (
    "t at в во о об saat saati saatte soat soatda соат соати саат саати сағат сағаты sağat ժամ ժամը ժամին klo um kl à "
    "alle ore time время vaqti وقت ساعت"
)
_ORDINALS = (
    "st nd rd th er го ого е й ая inchi nchi нчи инчи нчы нчі nji njy nci ncı ncu ncü ci cı cu cü si sı su sü i ı u ü "
    "ы і ші шы жы сы сі да де та те ға ге дан ден да da de də ta te ին ից ի ըն րդ  ე"
)


def folded(word: str) -> str:
    """Return a word in normal form: lower case, composed; the dot over a Turkish capital İ leaves no mark."""
    return unicodedata.normalize("NFC", word.casefold().replace("i\u0307", "i"))


def _plain(name: str) -> str:
    """Return a name as spelled on a keyboard without its special letters."""
    marks = unicodedata.normalize("NFD", name.replace("ı", "i"))
    return "".join(letter for letter in marks if not unicodedata.combining(letter))


def _months() -> dict[str, int]:
    """Return every spelling of every month, folded, with its number; without those shared by two months."""
    named: dict[str, set[int]] = {}
    rows = [(*_cells(row), _ENDINGS.get(tag, "")) for tag, row in _LONG.items()]
    rows += [(*_cells(_LONG[as_in]), _ENDINGS[tag]) for tag, as_in in _SAME_NAMES.items()]
    rows += [(*_cells(row), "") for row in _SHORT.values()]
    for *cells, endings in rows:
        for number, cell in enumerate(cells, 1):
            for name in cell.split("|"):
                for form in (name, *(name + ending for ending in endings.split())):
                    named.setdefault(form, set()).add(number)
                    if form.isascii() or "\u0400" <= form[0] <= "\u04ff":
                        continue  # й and ў are letters, not marked ones
                    named.setdefault(_plain(form), set()).add(number)
    return {name: min(n) for name, n in named.items() if len(n) == 1 and name not in _NOT_MONTHS and name != "."}


def _cells(row: str) -> list[str]:
    cells = row.split()
    assert len(cells) == 12, row
    return cells


def _words(several: str) -> frozenset[str]:
    return frozenset(folded(word) for word in several.split())


MONTHS = _months()
WEEKDAYS = {folded(name): number for number, names in enumerate(_WEEKDAYS) for name in names.split()}
BETWEEN = _words(_YEAR_WORDS) | _words(_BETWEEN)
BEFORE_CLOCK = _words(_BEFORE_CLOCK)
ORDINALS = _words(_ORDINALS)
