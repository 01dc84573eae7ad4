"""A desk whose mailbox people work in: they move mail between folders, and answer from their own mail client."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from app.desk import OWN, Desk, letter
from imapclient import IMAPClient

CUSTOMER = "Пётр Ложкин <lozhkin@mail.example>"
RULES = """
- rule: robot
  title: Робот
  when: {any: [{automatic: bounce}, {automatic: auto_reply}, {automatic: loop}]}
  then: {skip: auto_reply}
  examples: [{match: {automatic: bounce}}]
- rule: nobody
  title: Без имени
  when: {text|words: [безымянно]}
  then: {reject: anonymous}
  examples: [{match: безымянно}]
- rule: nothing-new
  title: Уже решено
  when: {decided: true}
  then: {reject: decided}
  examples: [{match: {decided: true}}]
- rule: waits
  title: Пусть посмотрит человек
  when: {text|words: [странно]}
  then: {hold: odd}
  examples: [{match: странно}]
- rule: claim
  title: Претензия
  when: {text|words: [претензия]}
  then: {category: claim}
  examples: [{match: претензия}]
- rule: accept
  title: Всё остальное
  when: {always: true}
  then: {accept: true}
  examples: [{match: {legible: true}}]
"""
FINAL = """
- rule: final
  title: Итоговое решение
  when: {text|words: [решение окончательное]}
  then: {decision: final}
  examples: [{match: решение окончательное}]
"""
REJECTED, CLAIM, OTHER = "Triage/Rejected/anonymous", "Triage/claim", "Triage/other"


class Mailroom:
    """The desk, and what people do in its mailbox."""

    def __init__(self, desk: Desk, **changes: Any) -> None:
        self.desk = desk
        rules = desk.folder / "rules"
        (rules / "outgoing").mkdir(parents=True)
        (rules / "10-all.yaml").write_text(RULES, encoding="utf-8")
        (rules / "outgoing" / "10-final.yaml").write_text(FINAL, encoding="utf-8")
        self.write(**changes)

    def write(self, *, mailbox: dict[str, Any] | None = None, **changes: Any) -> None:
        """The configuration, with changed keys."""
        imap = self.desk.imap
        here = {"name": "support", "host": imap.host, "port": imap.port, "tls": "none", "user": imap.user,
                "password": f"file:{self.desk.folder}/password"} | (mailbox or {})  # fmt: skip
        self.desk.write(rules=str(self.desk.folder / "rules"), mailboxes=[here], **changes)

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """A mail client that a person uses."""
        imap = self.desk.imap
        client = IMAPClient(imap.host, imap.port, ssl=False)
        client.login(imap.user, imap.password)
        try:
            yield client
        finally:
            client.logout()

    def drag(self, source: str, target: str) -> int:
        """Move all messages of a folder, as a person does; gives how many."""
        with self.client() as client:
            client.select_folder(spelled(client, source))
            uids = client.search()
            if uids:
                client.move(uids, spelled(client, target))
            return len(uids)

    def sent(self, octets: bytes, when: datetime | None = None, *, folder: str = "Sent") -> None:
        """A letter that support's mail client keeps in the folder of sent mail."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, octets, msg_time=when or datetime.now(UTC))

    def lies(self, folder: str) -> int:
        """How many messages lie in a folder."""
        with self.client() as client:
            return int(client.folder_status(spelled(client, folder), ["MESSAGES"])[b"MESSAGES"])

    def once(self, times: int = 1) -> None:
        """Whole passes, with nothing left for later."""
        for _ in range(times):
            assert self.desk.once() == ()

    def verdicts(self) -> list[tuple[Any, ...]]:
        """(verdict, reason, category) of the messages, in order."""
        return self.desk.rows("select verdict, reason, category from message order by id")

    def rulings(self) -> list[tuple[Any, ...]]:
        """(source, verdict, reason, category) of what people decided, in order."""
        return self.desk.rows("select source, verdict, reason, category from ruling order by id")

    def told(self) -> list[str]:
        """What letters left because of, in order."""
        query = "select event from outbox where kind = 'reply' and status = 'done' order by id"
        return [event for (event,) in self.desk.rows(query)]

    def standing(self) -> list[tuple[Any, ...]]:
        """(status, whether the customer waits, whether he was answered) of the conversations."""
        query = "select status, waiting_since is not null, answered_at is not null from conversation order by id"
        return self.desk.rows(query)


def spelled(client: IMAPClient, folder: str) -> str:
    """A configured name as the server spells it."""
    delimiter = client.list_folders("", "")[0][1]
    return folder.replace("/", delimiter.decode() if isinstance(delimiter, bytes) else delimiter)


def nameless(text: str = "Пишу безымянно, верните мне мои деньги за вчерашний платёж", **given: Any) -> bytes:
    """A letter that the rules reject."""
    return letter(text, **{"sender": CUSTOMER} | given)


def question(text: str = "Как мне пополнить кошелёк через терминал?", **given: Any) -> bytes:
    """A letter that the rules accept."""
    return letter(text, **{"sender": CUSTOMER} | given)


def answer(to: bytes, text: str = "Пополнить можно на сайте.", *, sender: str = OWN, **headers: str) -> bytes:
    """A person's answer to a customer's letter."""
    from email import message_from_bytes, policy  # noqa: PLC0415 - only here is mail read

    asked = message_from_bytes(to, policy=policy.default)
    message = EmailMessage()
    message["From"], message["To"] = sender, str(asked["From"])
    message["Subject"] = f"Re: {asked['Subject']}"
    message["In-Reply-To"] = message["References"] = str(asked["Message-ID"])
    message["Message-ID"] = f"<answer-{abs(hash((to, text)))}@1cupis.ru>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()
