"""Why a message was counted to its conversation, and why to none of the others that it might have continued.

The trap is to tell a choice without what it was chosen from: a lead who sees only the winner cannot judge it. Each
candidate is therefore asked about as if it were the only one, by the very function that chose.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mailtriage.commands.explain import Grounds
from mailtriage.commands.lead_words import LINKS, STATUSES, clean
from mailtriage.language.words import fold
from mailtriage.reply.wording import local_time
from mailtriage.triage.conversation import Link, link
from mailtriage.triage.history import Conversation
from mailtriage.triage.matter import registration_numbers

_SHOWN = 8
"""Candidates that are told one by one; the rest are counted."""


def choice(told: Mapping[str, Any]) -> str:
    """The choice in one line, from the contract's `conversation`."""
    if told["number"] is None:
        return "обращение не регистрируется"
    if told["new"]:
        return f"новое обращение № {told['number']}"
    by = LINKS.get(told["linked_by"], clean(told["linked_by"]))
    return f"обращение № {told['number']}, узнано по {by} (уверенность {told['confidence']:.0%})"


def registration(told: Mapping[str, Any], verdict: str | None) -> str:
    """Why a message has no number, after the choice; "" where it has one."""
    if told["number"]:
        return ""
    if verdict is None:
        return ", обращения, которое продолжает это письмо поддержки, не нашлось"
    return ", номер дают только принятому и тому, что ждёт человека"


def alternatives(told: Mapping[str, Any], grounds: Grounds) -> Iterator[str]:
    """What else was considered, newest first, and why it was not taken."""
    candidates = sorted(grounds.history.candidates, key=lambda each: each.last_message_at, reverse=True)
    named = registration_numbers(f"{grounds.reading.message.subject}\n{grounds.reading.readable_text}")
    unknown = sorted(set(named) - {each.number for each in candidates})
    if not candidates:
        yield "других обращений этого клиента программа не знала"
    for candidate in sorted(candidates, key=lambda each: each.number != told["number"])[:_SHOWN]:
        mark = "»" if candidate.number == told["number"] and not told["new"] else "·"
        yield f"{mark} № {_about(candidate, grounds)}: {_why(candidate, told, grounds)}"
    if len(candidates) > _SHOWN:
        yield f"· и ещё {len(candidates) - _SHOWN}, более давние или не названные в письме"
    for number in unknown:
        yield f"· № {number} назван в письме, но среди обращений, которые оно может продолжать, такого нет"


def _about(candidate: Conversation, grounds: Grounds) -> str:
    last = local_time(candidate.last_message_at, grounds.policy.time_zone)
    subject = clean(candidate.subject) or "без темы"
    return f"{candidate.number} «{subject}» ({STATUSES[candidate.status]}, последнее письмо {last:%d.%m.%Y})"


def _why(candidate: Conversation, told: Mapping[str, Any], grounds: Grounds) -> str:
    alone = _alone(candidate, grounds)
    if candidate.number in alone.possibly_related:
        by = "назван номер" if _is_named(candidate, grounds) else "это ответ на его письмо"
        return f"{by}, но отправитель в нём не участвует — не присоединено, только отмечено как возможно связанное"
    if alone.conversation is None:
        return _stranger(candidate, grounds)
    by = LINKS.get(str(alone.linked_by), str(alone.linked_by))
    fits = f"подходит по {by}, уверенность {alone.confidence:.0%}"
    if candidate.number == told["number"]:
        return fits
    return f"{fits}; но выбрано то, что подходит вернее или новее"


def _stranger(candidate: Conversation, grounds: Grounds) -> str:
    age = grounds.now - candidate.last_message_at
    message = grounds.reading.message
    if not {fold(person.address) for person in (message.sender, *message.to)} & candidate.participants:
        return "отправитель в нём не участвует"
    if age > grounds.policy.same_matter_within:
        return (
            f"молчит {age.days} дн., дольше {grounds.policy.same_matter_within.days}; "
            "без номера и без ответа на прежнее письмо такое не продолжают"
        )
    return "другое дело: ни общего номера операции или файла, ни достаточно похожих слов"


def _alone(candidate: Conversation, grounds: Grounds) -> Link:
    only = replace(grounds.history, candidates=(candidate,))
    return link(grounds.reading, only, grounds.policy, grounds.now)


def _is_named(candidate: Conversation, grounds: Grounds) -> bool:
    message = grounds.reading.message
    return candidate.number in registration_numbers(f"{message.subject}\n{grounds.reading.readable_text}")
