"""A conversation in Russian lines, for a support lead at a terminal: its messages, what people decided, what was done.

The trap is the decision that was set aside: each message is told with what holds now, and then with what the rules had
said and who changed it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from mailtriage.commands.lead_words import CATEGORIES, DEEDS, SOURCES, STATUSES, clean, verdict_words, visible
from mailtriage.language.cards import masked
from mailtriage.reply.wording import local_time
from mailtriage.store.pages import Deed, PageMessage
from mailtriage.store.views import ConversationPage

_LINES, _WIDTH = 60, 200
"""Of a letter, that is enough to know what it is about."""


def lines(page: ConversationPage, zone: str) -> Iterator[str]:
    """The whole page; times are those of `zone`, an IANA name."""
    about = page.summary
    due = f", срок {about.due:%d.%m.%Y}" if about.due else ""
    kind = CATEGORIES.get(about.category, "вид не определён")
    yield f"№ {about.number}: {clean(about.subject) or '(без темы)'} — {STATUSES[about.status]}, {kind}{due}"
    if about.extended_at:
        first = f", сначала обещали {about.promised:%d.%m.%Y}" if about.promised else ""
        yield f"Срок продлён {local_time(about.extended_at, zone):%d.%m.%Y}{first}"
    if page.former_numbers:
        yield f"Сюда перенесены обращения: {', '.join(f'№ {number}' for number in page.former_numbers)}"
    if page.participants:
        yield f"Участники: {', '.join(map(clean, page.participants))}"
    if counted := sum(line.verdict == "reject" and line.reason == "repeat" for line in page.lines):
        yield f"Повторов: {counted}"
    # In order of time, each deed after the message that it may be about.
    deeds = sorted(page.deeds, key=lambda deed: deed.at)
    for message in page.lines:
        arrived = datetime.fromisoformat(message.record["received_at"])
        while deeds and deeds[0].at < arrived:
            yield _deed(deeds.pop(0), page, zone)
        yield from _message(message, zone)
    yield from (_deed(deed, page, zone) for deed in deeds)


def _message(line: PageMessage, zone: str) -> Iterator[str]:
    told = line.record
    message = told["message"]
    when = local_time(datetime.fromisoformat(told["received_at"]), zone)
    sender = clean(message["from"]["name"] or message["from"]["address"])
    yield f"\n{when:%d.%m.%Y %H:%M}  письмо {line.id}  {sender}  {_holds(line.verdict, line.reason, line.category)}"
    decision = told["decision"]
    if line.rulings:
        yield f"    по правилам: {_holds(decision['verdict'], decision['reason'], decision['category'])}"
    for ruling in line.rulings:
        at = local_time(ruling.at, zone)
        how = SOURCES.get(ruling.source, clean(ruling.source))
        yield f"    {at:%d.%m.%Y %H:%M} {how}: {_holds(ruling.verdict, ruling.reason, ruling.category)}"
    yield _beginning(message["new_text"])


def _holds(verdict: str | None, reason: str | None, category: str | None) -> str:
    words = verdict_words({"verdict": verdict, "reason": reason})
    return f"{words}, {CATEGORIES[category]}" if verdict == "accept" and category in CATEGORIES else words


def _deed(deed: Deed, page: ConversationPage, zone: str) -> str:
    what: Any = DEEDS.get(deed.deed, clean(deed.deed))
    if deed.deed == "split" and deed.other == page.summary.number:
        what = f"выделено из № {deed.number}"
    own = "" if deed.number == page.summary.number or deed.deed == "split" else f" (№ {deed.number})"
    which = f" (письма {', '.join(map(str, deed.messages))})" if deed.messages else ""
    who = f", {clean(deed.who)}" if deed.who else ""
    return f"\n{local_time(deed.at, zone):%d.%m.%Y %H:%M}  {what.format(other=deed.other)}{own}{which}{who}"


def _beginning(text: str) -> str:
    """What a person would read of it before he has seen enough."""
    shown = masked(text[: _LINES * _WIDTH]).splitlines()[:_LINES]
    left = "\n    […]" if len("\n".join(shown)) < len(text.rstrip()) else ""
    return "\n".join(f"    {visible(line.expandtabs())}".rstrip() for line in shown) + left
