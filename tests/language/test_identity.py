"""Who writes: names by grammar and position, numbers by shape and by the word before them."""

import pytest

from mailtriage.language.identity import find_identities, personal_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Верните платёж. Жилина Прасковья Ильинична", "Жилина Прасковья Ильинична"),
        ("Верните платёж.\n\nС уважением,\nТихон Бурлак", "Тихон Бурлак"),
        ("Почему? Громов А.П.", "Громов А.П."),
        ("когда придут деньги. зимин егор", "зимин егор"),
        ("ОТКРОЙТЕ ДОСТУП. ЗИМИН ЕГОР ПЕТРОВИЧ", "ЗИМИН ЕГОР ПЕТРОВИЧ"),
        ("Меня зовут Марфа, код не приходит", "Марфа"),
        ("Это Глеб Ярцев. Хочу спросить про лимит", "Глеб Ярцев"),
        ("Where is my money? Dmitri Orlov", "Dmitri Orlov"),
        ("Верните деньги\nЯна", "Яна"),
    ],
)
def test_a_name_is_found_where_people_give_it(text: str, name: str) -> None:
    assert find_identities(text).names == (name,)


@pytest.mark.parametrize(
    "text",
    [
        "Отправил в Марафон и в Пари, деньги не пришли",
        "Уважаемая Анна Сергеевна, верните деньги",
        "Вера в ваш сервис пропала. Надежда тоже",
        "Живу в Москве, карта Сбербанка",
        "Сделайте темы под цвета клубов!",
        "Почта России потеряла письмо",
    ],
)
def test_words_that_are_nobodys_name_are_none(text: str) -> None:
    assert find_identities(text).names == ()


@pytest.mark.parametrize(
    "written",
    [
        "+7 900 000-12-34",
        "8(900)0001234",
        "89000001234",
        "+79000001234",
        "8 900 000 12 34",
        "7-900-000-12-34",
        "тел. 900 000 12 34",
    ],
)
def test_a_phone_is_one_however_it_is_written(written: str) -> None:
    assert find_identities(f"Мой номер {written}, жду").phones == ("+79000001234",)


def test_numbers_are_told_by_the_word_before_them() -> None:
    found = find_identities(
        "Кошелёк № 9000001910, операция № 3077740 и 3077741, вывод OUT-20093, 28.08.2026 на 1 000 р и 3,5 тыс"
    )
    assert found.accounts == ("9000001910",)
    assert set(found.payments) == {"3077740", "3077741", "OUT-20093"}
    assert found.sums == ("1000", "3500")
    assert found.dates == ("2026-08-28",)


def test_of_cards_and_documents_only_the_last_digits_are_kept() -> None:
    found = find_identities("Карта 4111 1111 1111 1111, паспорт 4508 123456, ИНН 500100732259, СНИЛС 112-233-445 95")
    assert found.accounts == ("*1111",)
    assert found.documents == ("passport *56", "inn *59", "snils *95")
    assert found.payments == found.phones == ()


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("верните 700р", ("700",)),
        ("Списали 640 рублей", ("640",)),
        ("снова два по 990, верните", ("990",)),
        ("заплатил два раза: 990 и 1500", ("990", "1500")),
        ("отправил четыре с половиной тысячи", ("4500",)),
        ("около ста сорока тысяч", ("140000",)),
        ("сняли 1 000,50 руб.", ("1000.50",)),
        ("жду уже 15 дней", ()),
        ("в две тысячи девятнадцатом году", ()),
    ],
)
def test_sums_are_found_in_digits_and_in_words(text: str, sums: tuple[str, ...]) -> None:
    assert find_identities(text).sums == sums


def test_dates_are_told_with_and_without_a_year() -> None:
    assert find_identities("с 28 августа по 05.09.26 и 31.02").dates == ("--08-28", "2026-09-05")


def test_a_sum_and_a_date_identify_nobody() -> None:
    assert not find_identities("28 августа списали 700 рублей").anybody


@pytest.mark.parametrize(
    "name",
    [
        "Лаура",
        "Ipatii",
        "Kirill Bes",
        "Rodrigo Castro",
        "Гнедич В.О.",
        "иван петров",
        "Степанида Ильинична",
        "Сергей (Москва)",
    ],
)
def test_a_display_name_with_a_personal_name_is_one(name: str) -> None:
    assert personal_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Твой друг",
        "Дождь",
        "pupsik",
        "Дом ветеранов спорта",
        "Служба поддержки",
        "a.b@mail.ru",
        "Рыжий Кот",
        "zayac77",
        "Болельщик Спартака",
    ],
)
def test_a_nickname_or_a_role_is_no_personal_name(name: str) -> None:
    assert personal_name(name) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Помогите с выводом.\nВаш клиент Жумабек", "Жумабек"),
        ("на связи Рустик, вывод завис", "Рустик"),
        ("Зовите меня Гоша, вопрос такой", "Гоша"),
        ("Как пополнить? Меня Заур звать", "Заур"),
        ("Как пополнить кошелёк?\n\nнурлан", "нурлан"),
        ("Где мой перевод? Ваша Прасковья!", "Прасковья"),
        ("Тётя Нюра с третьего этажа пишет", "Нюра"),
        ("Отвечайте Игорю", "Игорю"),
    ],
)
def test_who_names_himself_in_passing_is_known(text: str, name: str) -> None:
    assert name in find_identities(text).names


@pytest.mark.parametrize(
    "text",
    [
        "Это Фонбет виноват",
        "Где деньги?\nСпасибо",
        "Я Вам писал. Жду",
        "Это ЦУПИС?",
        "Верните всё. Пожалуйста",
        "Пишет Сбербанк: отказ",
        "Когда вернёте? Москва",
    ],
)
def test_a_brand_a_courtesy_and_a_town_name_nobody(text: str) -> None:
    assert find_identities(text).names == ()
