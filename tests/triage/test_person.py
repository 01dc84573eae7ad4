"""Two addresses, one person: only by a number and a name together."""

from dataclasses import replace

import pytest
from triage_letters import letter

from mailtriage.language.identity import Identities
from mailtriage.mail.message import Address, Authentication, Automatic
from mailtriage.mail.reading import Reading
from mailtriage.triage.person import Acquaintance, own_names, own_numbers, same_name, same_person

PHONE = "+79001234567"
OTHER = Acquaintance("shubina@post.example", frozenset({"Шубина Пелагея Никитична"}))


def _from(*, name: str = "", found: Identities | None = None, **fields: object) -> Reading:
    reading = letter("Где деньги?")
    identities = found or Identities(phones=(PHONE,), names=("Пелагея Шубина",))
    message = replace(reading.message, sender=Address(name, "anna@mail.example"), **fields)  # type: ignore[arg-type]
    return replace(reading, message=message, identities=identities)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Шубина Пелагея Никитична", "Пелагея Шубина"),
        ("Шубиной Пелагеи", "ШУБИНА ПЕЛАГЕЯ"),
        ("Чагин М.", "Михаил Чагин"),
        ("М. П. Чагин", "Чагин Михаил Петрович"),
        ("Нуруллаева Гюльнара", "Гюльнаре Нуруллаевой"),
        ("Frolov Ipatii", "Ipatii Frolov"),
        ("Семёнов Пётр", "Семенов Петр"),
    ],
)
def test_one_name_in_any_order_case_and_length(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Анна", "Анна"),
        ("Чагин А.", "Михаил Чагин"),
        ("Мария Ким", "Марина Ким"),
        ("Иван Петров", "Иван Петренко"),
        ("Иванов Иван Иванович", "Иванов Иван Петрович"),
        ("А. Б.", "Б. А."),
        ("", ""),
    ],
)
def test_other_names_and_half_names_are_nobodys_proof(one: str, other: str) -> None:
    assert not same_name(one, other)
    assert not same_name(other, one)


def test_a_shared_number_and_the_name_prove_the_other_address() -> None:
    assert same_person(_from(), [OTHER]) == {"shubina@post.example"}
    assert same_person(_from(), [replace(OTHER, names=frozenset({"Чагин Михаил"}))]) == set()
    assert same_person(_from(), [replace(OTHER, address="anna@mail.example")]) == set()


def test_who_sends_under_his_own_name_is_not_the_one_whom_he_writes_about() -> None:
    husband = _from(name="Михаил Чагин")
    assert own_names(husband) == ("Михаил Чагин",)
    assert same_person(husband, [OTHER]) == set()
    assert own_names(_from(name="Служба доставки")) == ("Пелагея Шубина",)


@pytest.mark.parametrize(
    "fields",
    [
        {"authentication": Authentication(dmarc="fail")},
        {"automatic": Automatic("auto_reply")},
        {"subject": "Fwd: Не пришли деньги"},
    ],
    ids=["forged", "robot", "forwarded"],
)
def test_words_that_need_not_be_the_senders_prove_nothing(fields: dict[str, object]) -> None:
    assert own_numbers(_from(**fields)) == ()
    assert same_person(_from(**fields), [OTHER]) == set()


def test_four_digits_of_a_card_are_no_number() -> None:
    found = Identities(accounts=("*1234", "40817810000000000001"), phones=(PHONE,))
    assert own_numbers(_from(found=found)) == (("phone", PHONE), ("account", "40817810000000000001"))
