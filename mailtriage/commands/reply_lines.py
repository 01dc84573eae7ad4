"""Why a reply leaves or not, and where the promised day came from.

The trap is to tell only the answer: a lead who asks why a customer heard nothing wants to see each hurdle, and a lead
who asks why the 14th wants to see what was counted. What was decided is told from the record; what was counted is
counted again, and where today's settings give another day, that is said instead of being hidden.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mailtriage.commands.explain import Grounds
from mailtriage.commands.lead_words import CATEGORIES, SILENCES, clean
from mailtriage.reply.deadline import reckon, registration_day
from mailtriage.reply.wording import local_time
from mailtriage.store.waiting import task_of

Json = Mapping[str, Any]
CLEARED: Mapping[str, str] = {
    "own address": "адрес не наш",
    "automatic": "писал человек",
    "unsafe address": "на такой адрес писать безопасно",
    "no-reply address": "это не адрес «без ответа»",
    "dmarc failed": "DMARC не говорит, что отправитель подделан",
    "bounced": "письма на этот адрес доходят",
    "told before": "об этом отказе клиенту недавно не писали",
    "rate": "сегодня этому адресу писали не слишком часто",
}
"""Each hurdle on the way of a reply, in the order of the checks, once it is taken; not taken it is in `SILENCES`."""


def answer(told: Json) -> str:
    """Whether a reply leaves, in one line."""
    reply = told["reply"]
    if reply is None:
        return f"ответ не уходит: {_silence(told)}"
    if reply["suppressed"]:
        why = SILENCES.get(reply["suppressed"], clean(reply["suppressed"]))
        return f"ответ «{reply['template']}» не уходит: {why}"
    due = f", обещано ответить до {_day(reply['due'])}" if reply["due"] else ""
    return f"ответ «{reply['template']}» уходит на адрес {clean(reply['to'])}{due}"


def hurdles(told: Json, grounds: Grounds) -> Iterator[str]:
    """Each check in its order; after the one that stopped the reply nothing was asked any more."""
    reply = told["reply"]
    if reply is None:
        return
    passed = list(CLEARED)
    if reply["suppressed"] in passed:
        passed = passed[: passed.index(reply["suppressed"])]
    if passed:
        yield f"✓ {'; '.join(CLEARED[name] + _measure(name, grounds) for name in passed)}"
    if reply["suppressed"]:
        why = SILENCES.get(reply["suppressed"], clean(reply["suppressed"]))
        yield f"✗ {why}{_measure(reply['suppressed'], grounds)}"
    if asked_no_more := [words for name, words in CLEARED.items() if name not in {*passed, reply["suppressed"]}]:
        yield f"· дальше не проверялось: {'; '.join(asked_no_more)}"


def counted(told: Json, grounds: Grounds) -> Iterator[str]:
    """What the promised day is made of."""
    reply, decision = told["reply"], told["decision"]
    if reply is None or not reply["due"]:
        return
    promised = next(
        (
            known.due
            for known in grounds.history.candidates
            if known.number == told["conversation"]["number"]
            and known.answered_at is None
            and not told["conversation"]["new"]
        ),
        None,
    )
    if promised and promised.isoformat() == reply["due"]:
        yield "этот день обещан клиенту раньше и остаётся в силе: новые письма по делу срок не отодвигают"
        return
    parts, total = _days(decision, grounds)
    policy, zone = grounds.policy, grounds.policy.time_zone
    registered = registration_day(grounds.since, policy.calendar, zone)
    yield from parts
    late = "" if registered == local_time(grounds.since, zone).date() else " (пришло вечером или в выходной)"
    due = policy.calendar.add(registered, total)
    yield f"день регистрации {registered:%d.%m.%Y}{late} сам не считается; {total} раб. дн. после него — {due:%d.%m.%Y}"
    if due.isoformat() != reply["due"]:
        yield f"обещано же {_day(reply['due'])}: с тех пор нормы или календарь изменились"


def _days(decision: Json, grounds: Grounds) -> tuple[list[str], int]:
    """The working days with where each comes from."""
    norms, workload, queue = grounds.policy.norms, grounds.workload, decision["queue"] or ""
    task = task_of(decision, decision["category"], has_files=bool(grounds.reading.message.attachments))
    parts = reckon(task, workload, norms)
    total = sum(part.days for part in parts)
    kind, waiting = CATEGORIES.get(decision["category"], "вид не определён"), workload.queue_lengths.get(queue, 0)
    days = {part.cause: part.days for part in parts}
    speed = norms.daily_capacity.get(queue) or round(workload.daily_answers.get(queue, 0))
    words = {
        "norm": f"норма для «{kind}»: {days['norm']} раб. дн.",
        "measured": f"на деле ответ занимает {days['norm'] + days.get('measured', 0)} раб. дн., поэтому столько",
        "queue": f"в очереди {queue} ждут {waiting}, по {speed} в день: ещё {days.get('queue')}",
        "counterparty": f"нужен ответ банка, букмекера или оператора: ещё {days.get('counterparty')}",
        "documents": f"клиент ещё должен прислать документы: ещё {days.get('documents')}",
        "requests": f"отдельных просьб {task.requests}: ещё {days.get('requests')}",
        "limit": f"вместе {total - days.get('limit', 0)}, но не больше {total}",
    }
    return [words[cause] for cause in days], total


def _silence(told: Json) -> str:
    """Why there is no reply at all."""
    decision = told["decision"]
    match decision["verdict"]:
        case None:
            return "это письмо самой поддержки"
        case "skip":
            return "автоматическим письмам не отвечают"
        case "hold" if told["automatic"]["kind"]:
            return "автоматическим письмам не отвечают"
        case "hold" if decision["reason"] == "triage_failed":
            return "решить не удалось, и ответ мог быть тому причиной"
        case "hold":
            return "о такой задержке не пишут: ответ предупредил бы обманщика"
    return "для такого решения ответ не предусмотрен"


def _measure(name: str, grounds: Grounds) -> str:
    history = grounds.history
    if name == "rate":
        return f" (за сутки ушло {history.replies_today}, можно {grounds.policy.replies_per_day})"
    if name == "told before":
        return f" (за последние {grounds.policy.notice_period.total_seconds() / 3600:g} ч)"
    return ""


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d.%m.%Y}"
