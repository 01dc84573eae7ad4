"""Obscenity is found by word formation in every disguise; innocence and civil anger never."""

import itertools

import pytest

from mailtriage.language.obscenity import find_rudeness

_FAMILIES = {
    "еб": (
        ["", "за", "на", "вы", "отъ", "объ", "съ", "разъ", "подъ", "про", "до", "по", "у", "въ", "пере"],
        ["ать", "ал", "али", "анный", "утся", "ет", "ись"],
    ),
    "пизд": (["", "с", "от", "рас", "на", "за", "о"], ["ить", "ил", "ят", "ец", "атый", "юк", "енный"]),
    "ху": (["", "на", "по", "ни", "до"], ["й", "я"]),
    "хуй": ([""], ["ня", "ню", "ло", "лом"]),
    "муд": ([""], ["ак", "аки", "ила", "озвон", "ацкий"]),
    "бля": (["", "вы"], ["дь", "ди", "дский", "дина"]),
    "пидор": (["", "с"], ["", "ы", "ас", "асы"]),
}
_OBSCENE = sorted(
    {
        prefix + root + ending
        for root, (prefixes, endings) in _FAMILIES.items()
        for prefix, ending in itertools.product(prefixes, endings)
    }
)
_CORE = ["хуй", "пиздец", "ебаный", "блядь", "сука", "заебали", "нахуй", "мудак"]
_LOOKALIKES = str.maketrans("аеосухр", "aeocyxp")


def _own_rudeness(text: str) -> bool:
    rudeness = find_rudeness(text)
    return bool(rudeness.obscenities or rudeness.insults or rudeness.threats)


def test_words_grown_from_the_roots_are_found() -> None:
    missed = [word for word in _OBSCENE if not find_rudeness(f"Ну {word} же").obscenities]
    assert len(_OBSCENE) > 180
    assert len(missed) <= 0.03 * len(_OBSCENE), missed


@pytest.mark.parametrize("word", _CORE)
def test_disguises_are_undone(word: str) -> None:
    disguised = [
        word.upper(),
        " ".join(word),
        "-".join(word),
        ".".join(word),
        word[0] + "*" * (len(word) - 2) + word[-1],
        word[:1] + "*" + word[2:],
        word.translate(_LOOKALIKES),
        word[:-1] + word[-1] * 4,
        word[:2] + "\u00ad" + word[2:],
        word.replace("о", "0").replace("з", "3").replace("ч", "4"),
    ]
    assert [text for text in disguised if not find_rudeness(f"Это {text} какой-то").obscenities] == []


@pytest.mark.parametrize(
    "text",
    [
        "zaebali uzhe",
        "idite nahui",
        "suka blyad",
        "pizdec",
        "mudaki",
        "[eq dfv",
        "gbpltw",
        "cyka",
        "6лядь",
        "бл@дь",
        "пиzдец",
    ],
)
def test_latin_digits_and_layout_do_not_hide_it(text: str) -> None:
    assert find_rudeness(text).obscenities


def test_evidence_stands_as_it_was_written() -> None:
    assert find_rudeness("Ваш сервис П*ЗДЕЦ, господа").obscenities == ("П*ЗДЕЦ",)


@pytest.mark.parametrize(
    "word",
    """застрахуйте подстрахуй страхуя перестрахуются психует психуй сухую всухую глухую плохую тихую художник
    хулиган хутор худею хурма команда командой мандарин мандат мандала мандолина Херсон Херсоне херувим рубля
    корабля сабля дубляж употреблять потребляя ослабляя углублять бляха грабля требовать хлеб хлебная лебедь
    погреб учеба служебный лечебный колебание небо себя тебе мебель стебель гребля ребенок хребет зебра дебет
    дебит вебинар себестоимость щебень жеребец колеблется скипидар оскорблять мудрый мудреный Махмуд педагог
    педиатр педикюр сукно сучок рисунка засуха ЕБС ebay debug Goebel Phoebe Huawei debate IBAN Дудкин Гудков
    Хуан блюдо наблюдать заблудился бляшка""".split(),  # noqa: SIM905
)
def test_innocent_words_are_let_alone(word: str) -> None:
    assert not _own_rudeness(f"Вот слово {word} здесь")


@pytest.mark.parametrize(
    "text",
    [
        "Это безобразие и издевательство! Вы обязаны вернуть деньги!",
        "Стыд и срам, господа. Какой позор!",
        "Вы мошенники и воры, верните деньги!",
        "Подам на вас в суд и в прокуратуру, напишу в Центробанк.",
        "Идиотская ситуация с вашей тупой системой проверки",
        "Не держите меня за идиота.",
        "Я дурак, что связался с букмекерами.",
        "Какие-то уроды взломали мой кабинет и сняли деньги",
        "Жена меня убьёт, верните перевод",
        "Я сломаю телефон, если приложение опять зависнет",
        "Иван П*** перевёл мне 500 р. на карту ****1234",
        "*Важно*: платёж не прошёл",
        "А. Б. и В. Г. получили деньги",
    ],
)
def test_civil_anger_is_no_rudeness(text: str) -> None:
    assert not _own_rudeness(text)


@pytest.mark.parametrize(
    "text",
    [
        "Звонил мошенник и орал: «тварь, закопаю, пошёл на хуй»",
        'Оператор салона ответил мне: "отъебись". Верните деньги.',
        "Сосед сказал: иди ты на хуй. А деньги с карты ушли",
        "Ваш агент обозвал меня дебилом",
        "> пошли вы на хуй\nПроверьте, пожалуйста, кто это прислал",
    ],
)
def test_the_words_of_others_are_not_the_writers(text: str) -> None:
    assert not _own_rudeness(text)


@pytest.mark.parametrize("text", ['Я вам говорю: "идите на хуй"', "Ваш «ебаный» сервис не работает"])
def test_quotation_marks_excuse_nobodys_own_words(text: str) -> None:
    assert find_rudeness(text).obscenities


@pytest.mark.parametrize(
    "text",
    [
        "Верните деньги, уроды!",
        "У вас там одни дебилы сидят",
        "Вы тупые?",
        "Тупые операторы, уволить всех",
        "Козлы!",
        "Какие же вы твари",
        "Чтоб вы сдохли",
        "Идите в жопу со своей проверкой",
    ],
)
def test_insults_of_the_staff_are_found(text: str) -> None:
    assert find_rudeness(text).insults


@pytest.mark.parametrize(
    "text",
    [
        "Встречу вашего оператора у подъезда",
        "Найду и убью тебя",
        "Сожгу ваш офис",
        "Руки вам переломаю",
        "Приеду к вам с битой",
        "Расстрелять вас мало",
    ],
)
def test_threats_of_violence_are_found(text: str) -> None:
    assert find_rudeness(text).threats


@pytest.mark.parametrize("unit", ["а", "х*й ", "на", "a-", "«а» ", "сказал: ", "дебил. ", "вас ", "[eq"])
def test_a_long_text_is_judged_by_its_beginning(unit: str) -> None:
    short, long = unit * (20_000 // len(unit)), unit * (200_000 // len(unit))
    assert find_rudeness(long).obscenities == find_rudeness(short).obscenities
