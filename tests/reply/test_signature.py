"""Registration numbers that prove where they were read, through all that clients and people do to them."""

import pytest

from mailtriage.reply.signature import in_addresses, numbers, plain_numbers, sign, signed_numbers

KEY = b"k" * 32
NUMBER = "26-000123"
SIGNED = sign(NUMBER, KEY)


def test_a_signature_is_four_letters_and_the_same_for_the_same_key_alone():
    assert SIGNED == "26-000123-YA5F"
    assert sign(NUMBER, b"l" * 32) != SIGNED
    assert sign("26-000124", KEY)[-4:] != SIGNED[-4:]


@pytest.mark.parametrize(
    "written",
    [
        SIGNED.lower(),
        f"Re: Деньги [№ {SIGNED}]",
        f"HA: Деньги [#{SIGNED}].",
        SIGNED.replace("-", "\N{NON-BREAKING HYPHEN}"),
        SIGNED.replace("-", "\N{EN DASH}"),
        SIGNED.replace("A", "А"),
        f"support+{SIGNED.lower()}@cupis.example",
    ],
    ids=["lower case", "subject", "other brackets", "hard hyphens", "dashes", "a Cyrillic letter", "an address"],
)
def test_it_is_read_however_it_comes_back(written):
    assert signed_numbers(written, (b"newer" * 8, KEY)) == (NUMBER,)
    assert plain_numbers(written) == ()


@pytest.mark.parametrize("written", ["26-000123-AAAA", "26-000124-YA5F", "26-000123-YA5", "26-000123-YA5FX", NUMBER])
def test_what_no_key_made_is_not_signed(written):
    assert signed_numbers(written, (KEY,)) == ()
    assert signed_numbers(written, ()) == ()


def test_a_wrong_signature_is_no_plain_number_either():
    assert plain_numbers("26-000123-AAAA") == ()
    assert numbers("26-000123-AAAA") == (NUMBER,)


@pytest.mark.parametrize("text", ["+7 26-000123-12", "126-000123", "26-00012", "3026-000123-YA5F"])
def test_other_numbers_are_none_of_ours(text):
    assert numbers(text) == ()


def test_the_number_is_taken_from_the_reply_address_alone():
    pattern = "support+{number}@cupis.example"
    addresses = ("Support+26-000123-ya5f@cupis.example", "26-000124@elsewhere.example", "support@cupis.example")
    assert signed_numbers(in_addresses(addresses, pattern), (KEY,)) == (NUMBER,)
    assert in_addresses(addresses, None) == ""
