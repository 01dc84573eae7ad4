"""Wrong passes undone wherever they happened, told in words, and never where nothing was broken."""

import base64
from itertools import product

import pytest

from mailtriage.mail.charset import decode
from mailtriage.mail.mojibake import undo
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.parse import parse

TEXTS = (
    "Здравствуйте, перевод на карту так и не дошёл, помогите разобраться.",
    "Прошу вернуть деньги за покупку 1500 рублей",
    "Не могу войти в личный кабинет",
)
SINGLE = (
    ("utf-8", "windows-1251"), ("utf-8", "latin-1"), ("utf-8", "windows-1252"), ("utf-8", "koi8-r"), ("utf-8", "cp866"),
    ("utf-8", "mac-cyrillic"), ("utf-8", "mac-roman"), ("utf-8", "iso-8859-5"), ("windows-1251", "latin-1"),
    ("windows-1251", "windows-1252"), ("windows-1251", "koi8-r"), ("windows-1251", "cp866"),
    ("windows-1251", "mac-roman"), ("koi8-r", "windows-1251"), ("koi8-r", "latin-1"), ("koi8-r", "cp866"),
    ("cp866", "windows-1251"), ("cp866", "latin-1"), ("cp866", "cp437"), ("iso-8859-5", "windows-1251"),
    ("iso-8859-5", "latin-1"),
)  # fmt: skip
DOUBLE = (
    (("utf-8", "windows-1251"), ("utf-8", "windows-1251")),
    (("utf-8", "latin-1"), ("utf-8", "latin-1")),
    (("utf-8", "windows-1252"), ("utf-8", "windows-1252")),
    (("utf-8", "latin-1"), ("utf-8", "windows-1251")),
    (("windows-1251", "latin-1"), ("utf-8", "latin-1")),
    (("windows-1251", "latin-1"), ("utf-8", "windows-1251")),
    (("koi8-r", "windows-1251"), ("utf-8", "windows-1251")),
    (("utf-8", "koi8-r"), ("utf-8", "windows-1251")),
)


def misread(text: str, meant: str, taken: str) -> str:
    """As browsers do it: octets that a charset leaves out pass through."""
    return "".join(bytes([octet]).decode(taken, "ignore") or chr(octet) for octet in text.encode(meant))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("passes", [(one,) for one in SINGLE] + list(DOUBLE))
def test_one_or_two_wrong_passes_are_undone_and_told(text: str, passes: tuple[tuple[str, str], ...]) -> None:
    broken = text
    for meant, taken in passes:
        broken = misread(broken, meant, taken)
    found = decode(broken.encode(), "utf-8")
    assert found.text == text
    assert found.charset == "utf-8"
    assert found.repaired
    assert "read as" in found.repaired


def test_subjects_names_and_declared_utf8_bodies_are_mended() -> None:
    subject, name, text = "Вопрос по переводу", "Анна Смирнова", TEXTS[0]
    words = {
        key: base64.b64encode(misread(value, "utf-8", "windows-1251").encode()).decode()
        for key, value in (("subject", subject), ("name", name), ("text", text))
    }
    message = parse(
        f"From: =?utf-8?B?{words['name']}?= <anna@a.example>\r\nSubject: =?utf-8?B?{words['subject']}?=\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{words['text']}".encode(),
        ReadOptions(),
    )
    assert (message.subject, message.sender.name, message.body.text) == (subject, name, text)
    assert message.body.repaired == "utf-8 read as windows-1251"


def test_a_broken_line_or_word_is_mended_inside_a_readable_text() -> None:
    broken = misread("переслано из старой почты", "koi8-r", "windows-1251")
    assert undo(f"Добрый день!\n{broken}\nПосмотрите, пожалуйста.")[0].split("\n")[1] == "переслано из старой почты"
    quoted = misread("Оператор", "utf-8", "windows-1251")
    assert undo(f"Мне написал {quoted}, что всё готово.") == (
        "Мне написал Оператор, что всё готово.",
        "in some words utf-8 read as windows-1251",
    )


def test_octets_that_were_lost_on_the_way_are_put_back() -> None:
    broken = misread("Иван Романов просит ответа", "utf-8", "windows-1251")
    assert undo(broken.replace("\x98", "?").replace("\u00a0", " "))[0] == "Иван Романов просит ответа"


RUSSIAN = (
    "эх", "ох", "ну", "да", "нет", "ага", "угу", "ой", "ай", "эй", "ау", "ух", "щи", "ёж", "ёлка", "ёрш", "Ёлка",
    "Ёж", "Щи", "Юг", "Яр", "ОК", "ОКЕЙ", "СБП", "ЖКХ", "МВД", "ФНС", "ГИБДД", "ЦУПИС", "ООО", "ИП", "СССР", "РФ",
    "МТС", "ЛК", "ПИН", "СМС", "СРОЧНО", "ВНИМАНИЕ", "ПОМОГИТЕ", "ЁЛКИ", "Эльвира", "Щукин", "Юлия", "Жанна", "Цой",
    "Ян", "Ия", "Яков", "Эдуард", "Фёдор", "Пётр", "Семён", "Алёна", "Артём", "Шамиль", "Хабибуллин", "Щедрин",
    "Чуйков", "Цветаева", "Жук", "Ющенко", "Яценюк", "Ёлкина", "Объедков", "Съездовская", "Эмма", "Гюнтер", "въезд",
    "съезд", "подъезд", "объём", "вьюга", "фьорд", "каньон", "эпюр", "яма", "юла", "шёпот", "чёрт", "цыц", "щель",
    "жюри", "мышь", "дочь", "ночь", "пишешь", "взбзднуть", "здравствуйте", "спасибо", "пожалуйста", "деньги",
    "перевод", "карта", "счёт", "кошелёк", "пароль", "вход", "ошибка", "оплата", "возврат", "жалоба", "вопрос",
    "сЛУЧАЙНО", "пРИВЕТ", "зДРАВСТВУЙТЕ", "пОМОГИТЕ", "ВоТ", "ТаК", "ЕщЁ", "аааа", "ыыы", "эээ", "ммм", "хмм", "ъ",
    "ь", "ё", "щ", "ПЖЛ", "спс", "плз", "ЛОЛ", "кек", "хах", "жиза",
)  # fmt: skip
FOREIGN = (
    "Hello", "payment", "refund", "wallet", "OK", "please", "café", "naïve", "résumé", "Zoë", "Noël", "façade",
    "déjà", "été", "où", "à", "garçon", "Übergröße", "Käse", "Straße", "öffnen", "Müßiggänger", "Äpfel", "Öl", "für",
    "schön", "Grüße", "Überweisung", "Łódź", "żółw", "źdźbło", "Kraków", "São", "Coração", "ação", "mañana", "niño",
    "señor", "Ñandú", "Đorđe", "šećer", "čaj", "žena", "şık", "İstanbul", "çığ", "Ångström", "blåbær", "smörgåsbord",
    "Øl", "ære", "Þór", "Ελλάδα", "καλημέρα", "שלום", "مرحبا", "你好", "こんにちは", "안녕", "🙂", "👍🏽", "🇷🇺",
    "❤️", "№", "№5",
    "5€", "100₽", "±3", "«Да»", "„Ja“", "“Yes”", "…", "—", "§", "©", "®", "™", "°C", "Привіт", "дякую", "їжак",
    "ґанок", "Київ", "Україна", "є", "й", "ті", "їхній", "об’єкт", "Здоров’я", "Іван", "Її", "Євген", "Ґудзик", "ўсё",
    "Беларусь", "дзякуй", "Мінск", "снег", "Қазақстан", "рахмет", "сәлем", "қайырлы", "күн", "Алматы", "Әлия",
    "Ғалым", "Өскемен", "ұлт", "Үміт", "һәм", "Айгүл", "жақсы", "ақша", "қалай", "көмек", "керек", "Татарстан",
    "рәхмәт", "сәлам", "Җәмилә", "Өфө", "Гөлнара", "Илһам", "Казан", "әни", "әти", "бик", "зур", "Үзбәк", "Мәскәү",
    "Башҡортостан", "Сыыс", "Уйбаан", "Ђорђе", "Љубав", "Његош", "Ћевапи", "Џемпер", "Ниш", "љубав", "њега",
    "ћуприја", "ђак", "Скопје", "Ќерка", "Ѓорѓи", "ѕвезда", "Јован", "Јелена",
)  # fmt: skip
CLEAN = tuple(
    dict.fromkeys(
        [
            *RUSSIAN,
            *FOREIGN,
            *(word.upper() for word in RUSSIAN),
            *(word.capitalize() for word in RUSSIAN),
            *(f"{first} {second}" for first, second in zip(RUSSIAN, FOREIGN, strict=False)),
            *(f"{word} на {number} руб." for number, word in enumerate(RUSSIAN[::3], 100)),
            *(f"{first}, {second}?" for first, second in product(FOREIGN[10:40:6], RUSSIAN[::20])),
        ]
    )
)


def test_clean_text_is_never_changed() -> None:
    assert len(CLEAN) >= 500
    for text, label in product(CLEAN, ("utf-8", None)):
        found = decode(text.encode(), label)
        assert (found.text, found.repaired) == (text, None)


def test_clean_text_is_never_changed_in_its_own_charset() -> None:
    changed = []
    for text, charset in product(CLEAN, ("windows-1251", "koi8-r", "cp866", "iso-8859-1")):
        try:
            octets = text.encode(charset)
        except UnicodeEncodeError:
            continue
        if decode(octets, charset).text != text:
            changed.append((text, charset, decode(octets, charset)))
    assert not changed


def test_a_long_broken_text_is_read_in_linear_time() -> None:
    line = misread(TEXTS[0], "koi8-r", "windows-1251")
    found = decode("\n".join([line] * 5000).encode(), "utf-8")
    assert found.text.startswith(TEXTS[0])
    assert decode(("Рё" * 100_000).encode(), "utf-8").text
    assert decode(("Р° x" * 50_000).encode(), "utf-8").text
