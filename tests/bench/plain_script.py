"""The yardstick: the script that somebody writes in an afternoon; `throughput.py` runs it beside mailtriage.

It reads INBOX message by message with the standard library, sorts each by ten patterns, joins threads by In-Reply-To
and References, stores ticket, message and attachments with one commit a message, and acknowledges each new ticket over
a connection of its own. The trap is to compare with it blindly: it keeps no raw mail, reads no attachment and survives
no crash between two steps.
"""

import argparse
import email
import email.policy
import hashlib
import imaplib
import re
import smtplib
import sqlite3
from email.message import EmailMessage
from pathlib import Path

_KINDS = [
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (r"блокир|заблок", "blocking"),
        (r"пополн|зачисл|поступи", "top-up"),
        (r"вывод|вывест", "withdrawal"),
        (r"двойн|спис[аы]", "charge"),
        (r"паспорт|идентифик", "identification"),
        (r"парол|вход|код\b", "access"),
        (r"возврат|вернут|верните", "refund"),
        (r"мошен|украли", "fraud"),
        (r"удал|закры", "deletion"),
        (r"отпуск|автоответ", "auto"),
    )
]
_TABLES = """
create table ticket(id integer primary key, subject text, sender text, created text, kind text);
create table message(id integer primary key, ticket int, message_id text unique, sender text, date text, body text);
create table attachment(id integer primary key, message int, name text, size int, digest text);
"""


class Tickets:
    """The database and the files of the script."""

    def __init__(self, folder: Path) -> None:
        self._files = folder / "files"
        self._files.mkdir(parents=True)
        self._database = sqlite3.connect(folder / "plain.db")
        self._database.executescript(_TABLES)

    def store(self, message: EmailMessage) -> int | None:
        """Keep a message; the number of its ticket where that is new and a person wrote."""
        message_id = str(message["Message-ID"] or "").strip()
        if self._database.execute("select 1 from message where message_id=?", (message_id,)).fetchone():
            return None
        shown = message.get_body(("plain", "html"))
        body = re.sub("<[^>]+>", " ", shown.get_content()) if shown else ""
        known = self._ticket_of(message)
        ticket = known or self._open(message, body)
        values = (ticket, message_id, str(message["From"]), str(message["Date"]), body)
        row = self._database.execute(
            "insert into message(ticket, message_id, sender, date, body) values(?,?,?,?,?)", values
        ).lastrowid
        for part in message.iter_attachments():
            octets = part.get_payload(decode=True)
            if isinstance(octets, bytes):
                digest = hashlib.sha256(octets).hexdigest()
                (self._files / digest).write_bytes(octets)
                kept = (row, part.get_filename(), len(octets), digest)
                self._database.execute("insert into attachment(message, name, size, digest) values(?,?,?,?)", kept)
        self._database.commit()
        return ticket if known is None and message["Auto-Submitted"] is None else None

    def _ticket_of(self, message: EmailMessage) -> int | None:
        for name in ("In-Reply-To", "References"):
            for known in re.findall(r"<[^>]+>", str(message[name] or "")):
                row = self._database.execute("select ticket from message where message_id=?", (known,)).fetchone()
                if row:
                    return int(row[0])
        return None

    def _open(self, message: EmailMessage, body: str) -> int:
        subject = str(message["Subject"])
        kind = next((kind for pattern, kind in _KINDS if pattern.search(f"{subject}\n{body}")), "other")
        values = (subject, str(message["From"]), str(message["Date"]), kind)
        return int(
            self._database.execute(
                "insert into ticket(subject, sender, created, kind) values(?,?,?,?)", values
            ).lastrowid
            or 0
        )


def acknowledge(port: int, to: str, ticket: int) -> None:
    """Mail the ticket's number to the customer."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "support@desk.example", to, f"[#{ticket}]"
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(f"Ваше обращение зарегистрировано под номером {ticket}.")
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(mail)


def main() -> None:
    """Empty the mailbox once."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name in ("--imap-port", "--smtp-port"):
        parser.add_argument(name, type=int, required=True)
    for name in ("--user", "--password"):
        parser.add_argument(name, required=True)
    parser.add_argument("--work", type=Path, required=True)
    arguments = parser.parse_args()
    tickets = Tickets(arguments.work)
    with imaplib.IMAP4("127.0.0.1", arguments.imap_port) as box:
        box.login(arguments.user, arguments.password)
        box.select("INBOX", readonly=True)
        for number in box.search(None, "ALL")[1][0].split():
            answer = box.fetch(number, "(BODY.PEEK[])")[1][0]
            octets = answer[1] if isinstance(answer, tuple) else b""
            message = email.message_from_bytes(octets, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            try:
                ticket = tickets.store(message)
            except (LookupError, ValueError, UnicodeError):
                continue
            if ticket is not None:
                acknowledge(arguments.smtp_port, str(message["From"]), ticket)


if __name__ == "__main__":
    main()
