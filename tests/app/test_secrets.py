"""Nothing of a customer, and no secret, where it does not belong: log, rights of files, terminals.

The trap is a search that finds nothing because it looks for nothing: each is tried on a text in which it must be found.
"""

import email.policy
import os
import re
from contextlib import suppress
from pathlib import Path

from app.desk import OWN, Desk, letter, until
from app.hostile import ATTACKS
from app.program import configuration, mailtriage
from servers.wiretap import Said, Wiretap
from soak.letters import dozen

from mailtriage.demo.smtp import Script

SECRET = "correct-horse-7391"  # noqa: S105 - what is looked for
CARD = "4111 1111 1111 1111"
_PART_OF_CARD = re.compile(r"\b1111\b|41{7}")
"""In any of its forms; a digest or a microsecond may hold four ones by chance."""
TEXT = f"Мой номер +7 912 345-67-89, карта {CARD}, паспорт 4510 123456, платёж 7700112244. Верните деньги!"
# What the log says in words that letters use as well.
_OWN_WORDS = frozenset({
    "claim", "question", "blocked", "proposal", "anonymous", "repeat", "reply", "mail", "message", "support", "example",
    "from", "text", "line", "none", "list", "away", "account", "data", "status", "outbox", "table",
})  # fmt: skip


def betrayed(log: str, *letters: bytes) -> set[str]:
    """Everything of these letters that stands in the log: addresses, names, numbers, words."""
    found = set(re.findall("[А-Яа-яЁё]{3,}", log))
    for octets in letters:
        text = _words(octets)
        found |= {word for word in re.findall(r"[\w.+-]+@[\w.-]+", text) if word in log and word != OWN}
        found |= {digits for digits in re.findall(r"\d[\d -]{5,}\d", text) if digits in log}
        found |= {word for word in re.findall(r"\b[A-Za-z]{4,}\b", text.partition("\n\n")[2])
                  if word.lower() not in _OWN_WORDS and re.search(rf"\b{word}\b", log)}  # fmt: skip
    return found


def _words(octets: bytes) -> str:
    """Headers and text as a person reads them."""
    message = email.message_from_bytes(octets, policy=email.policy.default)
    headers, text = "", octets.decode("utf-8", "replace")
    for name in ("From", "Subject", "Message-ID"):
        with suppress(LookupError, ValueError):
            headers += f"{name}: {message[name]}\n"
    with suppress(LookupError, ValueError):
        text = message.get_body().get_content()
    return f"{headers}\n{text}"


def test_what_is_looked_for_would_be_found() -> None:
    octets = letter(TEXT)
    log = '{"action": "x", "why": "lozhkin@mail.example Верните +7 912 345-67-89 4510 123456"}'
    assert {"lozhkin@mail.example", "Верните", "7 912 345-67-89"} <= betrayed(log, octets)
    assert betrayed('{"action": "message_recorded", "digest": "0a1b2c"}', octets) == set()
    assert all(map(_PART_OF_CARD.search, (CARD, CARD.replace(" ", ""), CARD.replace(" ", "-"), "**** **** **** 1111")))
    assert not _PART_OF_CARD.search('{"digest": "f71111fc8b36", "timestamp": "2026-11-30T19:21:29.171111Z"}')


def test_the_log_at_its_most_talkative_holds_nothing_of_anybody(quick_desk: Desk) -> None:
    desk, mail = quick_desk, [one.octets for one in dozen("log")] + [letter(TEXT, subject=TEXT), *ATTACKS.values()]
    (desk.folder / "password").write_text(SECRET)
    desk.smtp.script |= {
        "lozhkin@mail.example": Script(rcpt=f"550 5.1.1 <lozhkin@mail.example> {SECRET} Пётр Ложкин unknown"),
        "claim-logx0@mail.example": Script(data="451 4.3.0 <claim-logx0@mail.example>: Верните later"),
        "question-logx0@mail.example": Script(drop="data"),
    }
    with Wiretap("imap", desk.imap.port, _talkative) as tap:
        here = {"name": "support", "host": tap.host, "port": tap.port, "tls": "none", "user": desk.imap.user,
                "password": f"file:{desk.folder}/password", "timeout_seconds": 5}  # fmt: skip
        desk.write(mailboxes=[here], log={"level": "debug"})
        # Refused with a password, then let in: what servers say to either is nobody's business.
        refused = desk.run("once", check=False)
        (desk.folder / "password").write_text(desk.imap.password)
        desk.put(*mail)
        with desk.daemon():
            until(lambda: desk.uids() == [] and "reply_unconfirmed" in desk.log(), 120)
    told = refused.stdout + refused.stderr + desk.log()
    assert "message_recorded" in told
    assert "reply_refused" in told
    assert betrayed(told, *mail) == set()
    assert SECRET not in told
    assert not _PART_OF_CARD.search(told)


def _talkative(said: Said) -> bytes:
    """A server that quotes letters in whatever it says."""
    words = b" [ALERT] lozhkin@mail.example +7 912 345-67-89"
    return said.line.rstrip() + words + b"\r\n" if said.moment == "after" and b" completed" in said.line else said.line


def test_whatever_is_written_is_for_the_service_user_alone(quick_desk: Desk) -> None:
    quick_desk.put(letter(TEXT))
    before = os.umask(0)
    try:
        assert quick_desk.once() == ()
    finally:
        os.umask(before)
    store = [path for path in quick_desk.folder.rglob("*") if path.is_relative_to(quick_desk.folder / "octets")]
    store += list(quick_desk.folder.glob("mailtriage.db*"))
    assert len(store) >= 5
    assert [(path.name, oct(path.stat().st_mode)) for path in store if path.stat().st_mode & 0o077] == []


def test_no_terminal_shows_a_whole_card(tmp_path: Path) -> None:
    file = tmp_path / "card.eml"
    file.write_bytes(letter(f"{TEXT}\nВот она ещё раз: 4111 1111\n1111 1111. Пётр Ложкин", subject=f"Карта {CARD}"))
    config = configuration(tmp_path)
    assert mailtriage("ingest", file, "--config", config).code == 0
    for command in (
        ["explain", file],
        ["conversation", "list"],
        ["conversation", "show", "26-000001"],
        ["outbox", "list"],
    ):
        shown = mailtriage(*command, "--config", config)
        assert shown.code == 0, shown.err
        assert "4111" not in shown.out + shown.err, command
    assert "**** **** **** 1111" in mailtriage("explain", file, "--config", config).out
