"""The demo tells decisions in words that a support lead reads, and prints nothing a stranger smuggled in."""

import io
from typing import Any

from rich.console import Console, RenderableType

from mailtriage.demo.table import Decisions, Screen, letter, plain_line, summary, verdict_words


def record(verdict: str | None = "accept", reason: str | None = None, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "received_at": "2026-11-23T07:05:00+10:00",
        "message": {"subject": "Деньги не пришли", "from": {"name": "Семён Ларионов", "address": "s@mail.example"}},
        "conversation": {"number": "26-000017"},
        "decision": {"verdict": verdict, "reason": reason, "category": "claim" if verdict == "accept" else None},
        "folder": "Triage/claim",
        "reply": {
            "to": "s@mail.example",
            "subject": "Re: Деньги не пришли [№ 26-000017]",
            "due": "2026-12-02",
            "text": "Здравствуйте!\n\n  - выписка банка\n",
            "suppressed": None,
        },
    }
    return made | changes


def printed(renderable: RenderableType, width: int = 160) -> str:
    file = io.StringIO()
    Console(file=file, width=width).print(renderable)
    return file.getvalue()


def test_a_row_tells_who_what_why_where_number_and_date() -> None:
    decisions = Decisions()
    decisions.add(record())
    row = next(line for line in printed(decisions.render(), 200).splitlines() if "26-000017" in line)
    for cell in (
        "23.11 00:05",
        "Семён Ларионов",
        "Деньги не пришли",
        "принято",
        "претензия",
        "Triage/claim",
        "02.12.2026",
    ):
        assert cell in row
    assert "s@mail.example" not in row


def test_every_verdict_is_told_with_its_reason_in_russian() -> None:
    assert verdict_words(record("accept")) == "принято"
    assert verdict_words(record("reject", "unreadable")) == "отклонено: нечитаемо"
    assert verdict_words(record("skip", "bounce")) == "пропущено: недоставка"
    assert verdict_words(record("hold", "official_request")) == "нужен человек: официальный запрос"
    assert verdict_words(record("hold", "a_new_reason")) == "нужен человек: a_new_reason"
    assert verdict_words(record(None)) == "наше письмо"


def test_escape_sequences_bidi_marks_and_markup_of_a_stranger_do_not_reach_the_terminal() -> None:
    hostile = record(
        message={
            "subject": "\x1b]0;owned\x07[red]срочно[/]\n\u202eцена",
            "from": {"name": "[bold]Я\x1b[2J", "address": ""},
        }
    )
    decisions = Decisions()
    decisions.add(hostile)
    for output in (printed(decisions.render(), 200), plain_line(1, hostile)):
        assert not set("\x1b\x07\u202e") & set(output)
        assert "[red]срочно" in output


def test_a_reply_that_was_suppressed_is_neither_shown_nor_promised() -> None:
    silent = record(reply=record()["reply"] | {"suppressed": "rate"})
    assert letter(silent) is None
    assert letter(record("skip", "list", reply=None)) is None
    assert "02.12.2026" not in plain_line(1, silent)


def test_a_letter_can_be_read_as_the_customer_gets_it() -> None:
    shown = letter(record())
    assert shown is not None
    text = printed(shown)
    assert "Re: Деньги не пришли [№ 26-000017]" in text
    assert "  - выписка банка" in text


def test_the_summary_counts_verdicts_reasons_and_letters() -> None:
    records = [record(), record(), record("reject", "repeat"), record("skip", "list"), record("skip", "bounce")]
    text = str(summary(records, sent=3))
    assert "Писем: 5" in text
    assert "принято: 2 (претензия 2)" in text
    assert "отклонено: 1 (повтор 1)" in text
    assert "пропущено: 2 (рассылка 1, недоставка 1)" in text
    assert "нужен человек" not in text
    assert "Ответов отправлено: 3" in text


def test_on_a_pipe_each_decision_is_one_whole_line() -> None:
    file = io.StringIO()
    with Screen(Console(file=file, width=40)) as screen:
        screen.add(record(folder=None), "Triage/claim")
        screen.add(record("reject", "abusive", conversation={"number": None}, reply=None, folder=None))
    accepted, rejected = file.getvalue().splitlines()
    assert accepted.startswith("  1  23.11 00:05  принято  претензия  Семён Ларионов: Деньги не пришли  ")
    assert accepted.endswith("  → Triage/claim  № 26-000017  ответ до 02.12.2026")
    assert rejected == "  2  23.11 00:05  отклонено: брань  Семён Ларионов: Деньги не пришли"


def test_on_a_small_terminal_the_newest_rows_stay_in_view_and_all_remain_at_the_end() -> None:
    file = io.StringIO()
    screen = Screen(Console(file=file, width=80, height=14, force_terminal=True, color_system=None))
    with screen:
        for number in range(1, 21):
            made = record("hold", "official_request", conversation={"number": f"26-{number:06}"})
            already_shown = len(file.getvalue())
            screen.add(made)
        newest = file.getvalue()[already_shown:]
        live = len(file.getvalue())
    assert "26-000020" in newest
    assert "26-000018" in newest
    assert "26-000001" not in newest
    assert all(f"26-{number:06}" in file.getvalue()[live:] for number in range(1, 21))
