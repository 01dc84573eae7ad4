"""Who writes and about what: names, phones, accounts, payments, sums and dates found in text.

The trap is what a fact may keep: a card's or passport's number must never be stored or shown, so it leaves this room
masked. How each thing is found stands in `names`, `digits`, `cards`, `amounts`, `dates` and `numerals`.
"""

from dataclasses import dataclass

from mailtriage.language import display_names
from mailtriage.language.amounts import plain_sum
from mailtriage.language.digits import find_digits
from mailtriage.language.introductions import introduced
from mailtriage.language.name_places import name_places
from mailtriage.language.names import find_names
from mailtriage.language.numerals import sums_in_words
from mailtriage.language.spoken_dates import spoken_dates
from mailtriage.language.text import one_beneath_the_other


@dataclass(frozen=True, slots=True)
class Identities:
    """What was found, each as it would be compared: phones as +7XXXXXXXXXX, numbers without spaces, cards masked."""

    names: tuple[str, ...] = ()
    """Personal names as written: "Шубина Пелагея Никитична", "Чагин М.", "Frolov Ipatii"."""
    phones: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    """Wallet, account and card numbers; of a card only the last four digits are kept: "*1234"."""
    payments: tuple[str, ...] = ()
    """Numbers of payments, operations, receipts, earlier requests: "6650914427", "OUT-20093"."""
    documents: tuple[str, ...] = ()
    """Passport, driving licence, INN, SNILS; masked but for the last two digits: "passport *56"."""
    emails: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    """Amounts in roubles as plain decimals: "640", "4500", "1000.50"."""
    dates: tuple[str, ...] = ()
    """ISO dates, "--MM-DD" where no year is given, "---DD" where no month is."""

    @property
    def anybody(self) -> bool:
        """Whether anything here tells who writes (LABELS: a sum or a date alone does not)."""
        return bool(self.names or self.phones or self.accounts or self.payments or self.documents)


def find_identities(*texts: str) -> Identities:
    """Everything found in running text, or in several that stand one beneath the other."""
    here = one_beneath_the_other(texts)
    digits = find_digits(here)
    places = name_places(here.pieces)
    found = find_names(here, places)
    in_full = " ".join(found)
    spoken = map(plain_sum, sums_in_words(here))
    return Identities(
        names=tuple(dict.fromkeys([*found, *(name for name in introduced(here, places) if name not in in_full)])),
        phones=tuple(digits.phones),
        accounts=tuple(digits.accounts),
        payments=tuple(digits.payments),
        documents=tuple(digits.documents),
        emails=tuple(digits.emails),
        sums=tuple(dict.fromkeys([*digits.sums, *spoken])),
        dates=tuple(dict.fromkeys([*digits.dates, *spoken_dates(here)])),
    )


def personal_name(display_name: str) -> str | None:
    """The personal name in a From display name, or None for a nickname, an organisation's role or an address."""
    return display_names.personal_name(display_name)
