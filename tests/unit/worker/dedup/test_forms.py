"""Forms filled in anew each day: different news, unless one is reprinted or updated. All texts are invented."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from storycount import NUR, TAN, article, stories

QUAKE_EN = (
    "An earthquake of magnitude {} was felt in {} at {}, the institute of seismology said. Its centre lay {} km "
    "from the village of {}, at a depth of {} kilometres. Nobody was hurt and no houses were damaged, "
    "the duty officer "
    "of the ministry reported to the press service."
)
QUAKE_RU = (
    "Землетрясение силой {} балла произошло в {} в {}, сообщает институт сейсмологии. Эпицентр находился в {} км от "
    "посёлка {} на глубине {} км. Пострадавших и разрушений нет, сообщил дежурный министерства пресс-службе."
)
QUAKE_UZ = (
    "Bugun soat {2} da {1} hududida {0} ballik zilzila sodir bo‘ldi, deb xabar berdi seysmologiya instituti. Zilzila "
    "markazi {4} qishlog‘idan {3} km uzoqlikda, {5} km chuqurlikda bo‘lgan. Jabrlanganlar va "
    "vayronagarchiliklar yo‘q, "
    "deb ma’lum qildi vazirlik navbatchisi."
)
QUAKES = (("4,5", "Naryn", "05:12", 43, "Baetov", 10), ("3,8", "Talas", "11:40", 17, "Pokrovka", 6))
VERDICT_RU = (
    "Суд приговорил жителя {} {} к {} годам лишения свободы за хранение запрещённых веществ. Как "
    "установило следствие, "
    "у него дома нашли {} граммов вещества. Приговор может быть обжалован в течение тридцати дней, сообщили в суде."
)
VERDICT_KK = (
    "Сот {} қаласының тұрғыны {} тыйым салынған заттарды сақтағаны үшін {} жылға бас бостандығынан айырды. Тергеу "
    "барысында оның үйінен {} грамм зат табылған. Үкімге отыз күн ішінде шағымдануға болады, деп хабарлады сот "
    "баспасөз қызметі."
)
VERDICTS = (("Ош", "Азамат Тургунов", 7, 120), ("Талас", "Нурбек Исаев", 12, 45))
RATES_TR = (
    "Merkez bankası bugünkü kurları açıkladı. Dolar {} liradan, avro {} liradan, yuan {} liradan, ruble "
    "{} liradan işlem "
    "görüyor. Döviz büroları hafta sonu kapalı olacak, bankalar pazartesi sabahı yeniden hizmet verecek, denildi."
)
RATES_TG = (
    "Бонки миллӣ қурби асъорро эълон кард. Доллар {} сомонӣ, евро {} сомонӣ, рубл {} сомонӣ ва юан {} "
    "сомонӣ арзиш дорад. "
    "Нуқтаҳои мубодила рӯзҳои истироҳат баста мешаванд ва субҳи душанбе боз кор мекунанд."
)
RATES = (("13,71", "15,52", "2,15", "0,18"), ("13,84", "15,40", "2,17", "0,17"))
WEATHER_AZ = (
    "Sabah paytaxtda hava buludlu olacaq, gecə {} dərəcə, gündüz {} dərəcə isti gözlənilir. Dağlarda "
    "gecə {} dərəcə şaxta, "
    "küləyin sürəti saniyədə {} metr olacaq. Sürücülərdən yollarda diqqətli olmaq xahiş edilir, deyə xidmət bildirdi."
)
WEATHER_HY = (
    "Վաղը մայրաքաղաքում սպասվում է փոփոխական եղանակ, գիշերը {} աստիճան, ցերեկը {} աստիճան։ Լեռներում "
    "գիշերը {} աստիճան "
    "ցուրտ, քամու արագությունը վայրկյանում {} մետր։ Վարորդներին խնդրում են զգույշ լինել ճանապարհներին։"
)
WEATHER_ZH = (
    "气象台预报，明天首都多云，夜间气温{}度，白天气温{}度。山区夜间零下{}度，风速每秒{}米。请驾驶员注意道路结冰，"
    "山区居民注意防范雪崩，气象台将于晚间发布下一次预报。"
)
WEATHERS = ((2, 11, 9, 14), (5, 16, 4, 7))
DECREE_KY = (
    "Президенттин жарлыгы менен {} {} кызматына дайындалды. Ага чейин ал {} болуп иштеген. Жарлык жарыяланган күндөн "
    "тартып күчүнө кирет, деп билдирди президенттин басма сөз кызматы шаршемби күнү чыгарган кабарында."
)
DECREE_TK = (
    "Prezidentiň permany bilen {} {} wezipesine bellendi. Ol ozal {} bolup işläpdi. Perman çap edilen gününden güýje "
    "girýär, diýip prezidentiň metbugat gullugy çarşenbe güni ýaýradan habarynda aýdylýar."
)
DECREES = (
    ("Азамат Тургунов", "энергетика министри", "Нарын облусунун акими"),
    ("Гүлнара Исаева", "маданият министри", "Жалал-Абад шаарынын мэри"),
)
DEATH_EN = (
    "{}, {}, has died after a long illness at the age of {}. The family asks for no flowers. The "
    "farewell takes place at "
    "the house of culture at noon, and the burial at the old cemetery at {} on the same day, the commission said."
)
DEATHS = (
    ("Azamat Turgunov", "a teacher of mathematics from Naryn", 81, "14:00"),
    ("Gulnara Isaeva", "a composer of songs from Talas", 67, "15:30"),
)
FORMS = {
    "earthquakes, en": (QUAKE_EN, QUAKES),
    "earthquakes, ru": (QUAKE_RU, QUAKES),
    "earthquakes, uz": (QUAKE_UZ, QUAKES),
    "verdicts, ru": (VERDICT_RU, VERDICTS),
    "verdicts, kk": (VERDICT_KK, VERDICTS),
    "rates, tr": (RATES_TR, RATES),
    "rates, tg": (RATES_TG, RATES),
    "weather, az": (WEATHER_AZ, WEATHERS),
    "weather, hy": (WEATHER_HY, WEATHERS),
    "weather, zh": (WEATHER_ZH, WEATHERS),
    "appointments, ky": (DECREE_KY, DECREES),
    "appointments, tk": (DECREE_TK, DECREES),
    "obituaries, en": (DEATH_EN, DEATHS),
}


@pytest.mark.parametrize("outlet", [NUR, TAN], ids=["one outlet", "two outlets"])
@pytest.mark.parametrize(("form", "values"), FORMS.values(), ids=FORMS)
def test_a_form_filled_in_twice_on_one_day_is_two_stories(
    form: str, values: Sequence[Sequence[object]], outlet: str
) -> None:
    one, other = (form.format(*row) for row in values)
    assert stories(article(one), article(other, outlet, hour=15)) == 2


@pytest.mark.parametrize(("form", "values"), FORMS.values(), ids=FORMS)
def test_a_form_reprinted_is_one_story(form: str, values: Sequence[Sequence[object]]) -> None:
    text = form.format(*values[0])
    assert stories(article(text), article(text + " Nur.", TAN, hour=9), article(form.format(*values[1]), hour=15)) == 2


TOLL = (
    "An avalanche buried a road camp below the pass during the night. {} people were killed and {} were taken to the "
    "hospital, the ministry of emergencies said. Rescuers with dogs are digging in the snow, and "
    "helicopters wait for "
    "the wind to drop. The road will stay closed until the slopes have been blasted, the governor told reporters."
)


def test_a_toll_that_rises_during_the_day_is_the_same_story() -> None:
    assert stories(article(TOLL.format(12, 25)), article(TOLL.format(14, 30), hour=17)) == 1
    assert stories(article(TOLL.format(12, 25)), article(TOLL.format(14, 30), TAN, hour=17)) == 1
