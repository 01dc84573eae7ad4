"""Everything that a rule may ask about a message, each with its sentence for the reference page.

The rules see nothing else: what is not here cannot decide, and what is here is stored with the decision, so that a past
decision can be reproduced. The trap is drift: a fact that changes its meaning makes old decisions lie, so a new
meaning is a new fact.
"""

import types
import typing
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import TypeAdapter

from mailtriage.mail.message import AutomaticKind

FactKind = Literal["text", "list", "choice", "number", "flag", "date"]

LISTS_OF_DATES = frozenset({"dates"})
"""List facts whose items are dates, written as ISO 8601 has them; without a year as `--12-31`."""


@dataclass(frozen=True)
class Facts:
    """One message, as the rules see it; the defaults describe an ordinary first message of a known person."""

    subject: Annotated[str, "Тема письма, раскодированная."] = ""
    text: Annotated[str, "Новые слова самого клиента, без цитат и подписи; раскладка и транслит уже исправлены."] = ""
    said: Annotated[
        str,
        "Тема и текст вместе; если текста нет, то и прочитанное во вложениях. Без того, что сам клиент назвал "
        "улаженным или не бедой («деньги не пропали», «претензий не имею»): об этом он не пишет.",
    ] = ""
    asked: Annotated[
        str,
        "Тема и только те предложения клиента, в которых он просит, спрашивает, требует или предлагает; тема ответа "
        "(«Re: ...») сюда не входит, она о прежнем.",
    ] = ""
    quoted_text: Annotated[str, "Цитата прежнего или пересланного письма."] = ""
    attachment_text: Annotated[str, "Текст, прочитанный во всех вложениях."] = ""
    sender_address: Annotated[str, "Адрес отправителя."] = ""
    sender_name: Annotated[str, "Имя отправителя, как оно стоит в поле «От»."] = ""
    sender_domain: Annotated[str, "Часть адреса отправителя после @."] = ""
    language: Annotated[Literal["ru", "en"], "Язык ответа: ru или en."] = "ru"
    repaired: Annotated[str | None, "Что исправлено, чтобы письмо прочиталось: кодировка, раскладка, транслит."] = None
    automatic: Annotated[AutomaticKind | None, "Вид автоматического письма; пусто, если писал человек."] = None
    automatic_because: Annotated[tuple[str, ...], "По каким признакам письмо признано автоматическим."] = ()
    own_address: Annotated[bool, "Письмо отправлено с нашего собственного адреса."] = False
    authentic: Annotated[
        bool | None, "Подлинность отправителя подтвердил наш сервер; пусто, если проверка не настроена."
    ] = None
    dkim: Annotated[str | None, "Итог проверки DKIM."] = None
    spf: Annotated[str | None, "Итог проверки SPF."] = None
    dmarc: Annotated[str | None, "Итог проверки DMARC."] = None
    legible: Annotated[bool, "Текст или хотя бы одно вложение можно прочитать."] = True
    illegible_because: Annotated[tuple[str, ...], "Что и почему прочитать нельзя."] = ()
    identified: Annotated[bool, "Понятно, кто пишет."] = True
    identified_by: Annotated[tuple[str, ...], "По чему понятно, кто пишет."] = ()
    obscenities: Annotated[tuple[str, ...], "Нецензурные слова самого клиента в теме и тексте."] = ()
    obscenities_count: Annotated[int, "Сколько раз клиент выругался, повторы тоже считаются."] = 0
    words: Annotated[int, "Сколько слов в тексте самого клиента."] = 0
    insults: Annotated[tuple[str, ...], "Оскорбления в адрес сотрудников."] = ()
    threats: Annotated[tuple[str, ...], "Угрозы насилием сотрудникам; обещание пойти в суд угрозой не считается."] = ()
    attachments: Annotated[int, "Сколько вложений."] = 0
    attachment_types: Annotated[tuple[str, ...], "Виды вложений, например application/pdf."] = ()
    attachment_names: Annotated[tuple[str, ...], "Имена файлов вложений."] = ()
    attachment_problems: Annotated[
        tuple[str, ...], "Почему вложения не читаются: encrypted, damaged, empty, blank, blurred и другие."
    ] = ()
    requests: Annotated[int, "Сколько отдельных просьб в письме."] = 1
    sums: Annotated[tuple[str, ...], "Суммы в рублях."] = ()
    dates: Annotated[tuple[str, ...], "Даты в виде 2026-12-31; без года --12-31."] = ()
    payments: Annotated[tuple[str, ...], "Номера платежей, операций и квитанций."] = ()
    accounts: Annotated[tuple[str, ...], "Номера кошельков и счетов; от карты только последние четыре цифры."] = ()
    phones: Annotated[tuple[str, ...], "Телефоны в виде +79000000000."] = ()
    names: Annotated[tuple[str, ...], "Имена людей, найденные в письме."] = ()
    new_conversation: Annotated[bool, "Письмо начинает новое обращение."] = True
    linked_by: Annotated[
        Literal["number", "references", "same matter"] | None, "По чему письмо отнесено к прежнему обращению."
    ] = None
    conversation_status: Annotated[
        Literal["open", "decided", "closed"] | None, "Состояние обращения, которое письмо продолжает."
    ] = None
    conversation_category: Annotated[
        Literal["consultation", "account_status", "claim", "proposal"] | None,
        "Категория обращения, которое письмо продолжает.",
    ] = None
    resembles: Annotated[
        Literal["consultation", "account_status", "claim", "proposal"] | None,
        "На обращения какой категории письмо похоже больше всего, по словам: чем чаще слово в типичных письмах.",
    ] = None
    resemblance: Annotated[int, "Насколько похоже, в процентах: 25 — ни на что, 50 — скорее похоже, 80 — очень."] = 0
    resembles_because: Annotated[tuple[str, ...], "Какие слова больше всего говорят об этом сходстве."] = ()
    decided: Annotated[bool, "По этому делу клиенту уже отправлено итоговое решение."] = False
    acknowledged: Annotated[bool, "Обращение, которое письмо продолжает, уже зарегистрировано."] = False
    repeat: Annotated[bool, "В письме нет ничего нового против того, что клиент уже присылал."] = False
    same_as: Annotated[str | None, "Какое прежнее письмо говорит то же самое."] = None
    similarity: Annotated[float, "Доля слов письма, которые уже были раньше, от 0 до 1."] = 0.0
    new: Annotated[tuple[str, ...], "Что нового в письме: суммы, даты, номера, вопросы, вложения."] = ()
    nothing_new_kind: Annotated[
        Literal["thanks", "nudge", "signature", "forward", "resend", "rewording"] | None,
        "Что это за письмо, если нового в нём нет: благодарность, напоминание, подпись, пересылка, повтор, пересказ.",
    ] = None
    known: Annotated[tuple[str, ...], "Что в письме уже было раньше: «текст на 93 %», «сумма 990»."] = ()
    adds_nothing: Annotated[
        bool, "Напоминание или благодарность по уже известному делу: «ну что?», «ап», «!!!», «спасибо»."
    ] = False
    received_on: Annotated[date | None, "День, в который письмо к нам пришло, по часовому поясу поддержки."] = None
    sent_on: Annotated[date | None, "День отправки, указанный в самом письме; пусто, если его там нет."] = None
    strikes: Annotated[int, "Сколько писем этого отправителя отклонено за оскорбления."] = 0
    defects: Annotated[tuple[str, ...], "Что было неправильно в устройстве письма."] = ()
    size: Annotated[int, "Размер письма в байтах."] = 0
    oversized: Annotated[bool, "Письмо больше допустимого, прочитаны только заголовки."] = False
    reader_failed: Annotated[str | None, "Почему письмо не удалось разобрать."] = None


FACTS_JSON: TypeAdapter[Facts] = TypeAdapter(Facts)
"""Dumps and validates: `FACTS_JSON.dump_python(facts, mode="json")`, `FACTS_JSON.validate_python(stored)`."""


@dataclass(frozen=True, slots=True)
class FactField:
    """What a rule's author must know of one fact."""

    name: str
    kind: FactKind
    nullable: bool
    choices: tuple[str, ...]
    """The only values of a `choice`; empty for the other kinds."""
    sentence: str


def _describe(name: str, annotated: Any) -> FactField:
    hint, sentence = typing.get_args(annotated)
    nullable = False
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        members = [member for member in typing.get_args(hint) if member is not types.NoneType]
        nullable, hint = True, members[0]
    if typing.get_origin(hint) is Literal:
        return FactField(name, "choice", nullable, typing.get_args(hint), sentence)
    if typing.get_origin(hint) is tuple:
        return FactField(name, "list", nullable, (), sentence)
    kinds: dict[Any, FactKind] = {str: "text", bool: "flag", int: "number", float: "number", date: "date"}
    return FactField(name, kinds[hint], nullable, (), sentence)


FIELDS: dict[str, FactField] = {
    name: _describe(name, hint) for name, hint in typing.get_type_hints(Facts, include_extras=True).items()
}
"""By name, in the order of declaration."""


BECAUSE = {
    "automatic": "automatic_because",
    "decided": "known",
    "identified": "identified_by",
    "legible": "illegible_because",
    "repeat": "known",
    "resembles": "resembles_because",
}
"""What a yes or no rests on: it is told with the answer, for a bare "repeat: true" convinces nobody."""
