"""What the demo shows of each decision: a live table on a terminal, plain lines on a pipe.

Names and subjects come from strangers. An ESC in a subject could repaint or reprogram the terminal, a bidi override
could turn a line around, and square brackets are rich's own markup: so nothing of a customer's is printed before
`clean`, and never as markup.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from mailtriage.commands import lead_words
from mailtriage.commands.lead_words import category_words, clean, tally, visible

Record = Mapping[str, Any]
"""One message as the JSON of `ingest --json` and `explain --json`; a "folder" in it is shown where given."""

_STYLES: dict[str | None, str] = {
    "accept": "green",
    "reject": "yellow",
    "skip": "dim",
    "hold": "bold magenta",
    None: "cyan",
}
_ZONE = ZoneInfo("Europe/Moscow")
"""Customers write from eleven time zones; a table needs one clock."""
_NARROW = 110
"""Columns of a terminal below which sender, category (the folder tells it) and date give way."""
_FRAME = 6
"""Lines of a table that are no rows: title, header, rules, and the line of the cursor."""


class Decisions:
    """The decisions so far, in the order of their arrival."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def add(self, record: Record, folder: str | None = None) -> None:
        """Take one more decision; `folder` is where the message is being moved, where the record does not say."""
        self.records.append({**record, "folder": folder} if folder else record)

    def render(self, last: int | None = None, width: int = _NARROW) -> Table:
        """A table of all decisions, or of the `last` ones with one line each, for a terminal of `width` columns."""
        shown = [column for column in _COLUMNS if width >= _NARROW or column.wanted_when_narrow]
        table = Table(title="Решения по письмам", box=box.SIMPLE_HEAD, expand=True, title_justify="left")
        table.add_column("№", justify="right", no_wrap=True)
        for column in shown:
            table.add_column(
                column.heading,
                no_wrap=last is not None or not column.wraps,
                overflow="ellipsis",
                min_width=column.width,
                ratio=column.ratio,
            )
        first = max(0, len(self.records) - last) if last is not None else 0
        for index, record in enumerate(self.records[first:], start=first + 1):
            verdict, cells = _decision(record).get("verdict"), _cells(record)
            texts = [Text(cells[column.heading], _STYLES.get(verdict, "") if column.wraps else "") for column in shown]
            table.add_row(Text(str(index)), *texts, style="dim" if verdict == "skip" else None)
        return table


@dataclass(frozen=True, slots=True)
class _Column:
    """How one column of the table behaves; widths in terminal columns."""

    heading: str
    ratio: int | None = None
    width: int | None = None
    wraps: bool = False
    wanted_when_narrow: bool = True


_COLUMNS = (
    _Column("Время", width=11),
    _Column("От кого", ratio=2, wanted_when_narrow=False),
    _Column("Тема", ratio=2),
    _Column("Решение", ratio=3, wraps=True),
    _Column("Категория", ratio=2, wanted_when_narrow=False),
    _Column("Папка", ratio=3),
    _Column("Номер", width=9),
    _Column("Ответ до", width=10, wanted_when_narrow=False),
)


class Screen:
    """Shows every decision as it is made: `with Screen(console) as screen: screen.add(record)`."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.decisions = Decisions()
        # A live display taller than the terminal is cut at its foot, where the newest rows are.
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None

    def add(self, record: Record, folder: str | None = None) -> None:
        """Show one more decision."""
        self.decisions.add(record, folder)
        if self._live is None:
            self._console.print(
                Text(plain_line(len(self.decisions.records), self.decisions.records[-1])), soft_wrap=True
            )
        else:
            rows = max(1, self._console.height - _FRAME)
            self._live.update(self.decisions.render(rows, self._console.width), refresh=True)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._console.print(self.decisions.render(width=self._console.width))


def plain_line(index: int, record: Record) -> str:
    """One decision as a line of text, for pipes and logs of a terminal-less run."""
    cells = _cells(record)
    parts = [f"{index:3}", cells["Время"], cells["Решение"], cells["Категория"], f"{cells['От кого']}: {cells['Тема']}"]
    for mark, heading in (("→", "Папка"), ("№", "Номер"), ("ответ до", "Ответ до")):
        parts.append(f"{mark} {cells[heading]}" if cells[heading] else "")
    return "  ".join(part for part in parts if part)


def summary(records: Iterable[Record], sent: int) -> Text:
    """Counts by verdict, reason and category; `sent` is how many letters really left."""
    counted = tally(map(_decision, records))
    text = Text(f"Писем: {sum(each.count for each in counted)}\n")
    for each in counted:
        text.append(f"  {each}\n", _STYLES.get(each.verdict, ""))
    text.append(f"Ответов отправлено: {sent}")
    return text


def letter(record: Record) -> Panel | None:
    """The reply that left for this message, to be read; None where none left."""
    reply = record.get("reply")
    if not reply or reply.get("suppressed"):
        return None
    text = Text(f"Кому: {clean(reply['to'])}\nТема: {clean(reply['subject'])}\n\n", style="bold")
    text.append("\n".join(visible(line) for line in reply["text"].splitlines()), style="not bold")
    return Panel(text, title=Text(verdict_words(record)), title_align="left", width=84, padding=(1, 2))


def verdict_words(record: Record) -> str:
    """The decision in words: "принято", "отклонено: повтор"."""
    return lead_words.verdict_words(_decision(record))


def _decision(record: Record) -> Mapping[str, Any]:
    decision: Mapping[str, Any] = record.get("decision") or {}
    return decision


def _cells(record: Record) -> dict[str, str]:
    """By the heading of the column, clean."""
    message, reply = record["message"], record.get("reply") or {}
    category = _decision(record).get("category")
    due = reply.get("due") if not reply.get("suppressed") else None
    return {
        "Время": datetime.fromisoformat(record["received_at"]).astimezone(_ZONE).strftime("%d.%m %H:%M"),
        "От кого": clean(message["from"]["name"]) or "(без имени)",
        "Тема": clean(message.get("subject")) or "(без темы)",
        "Решение": verdict_words(record),
        "Категория": category_words(category),
        "Папка": clean(record.get("folder")),
        "Номер": clean((record.get("conversation") or {}).get("number")),
        "Ответ до": date.fromisoformat(due).strftime("%d.%m.%Y") if due else "",
    }
