"""A desk on pymap and a real SMTP server, with a clock that is an argument; made for what waits for days."""

import asyncio
from datetime import UTC, date, datetime, time
from email import message_from_bytes, policy
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from app.desk import Desk, letter
from app.draining import drain

from mailtriage.deliver.deliverer import Deliverer
from mailtriage.parts import Parts
from mailtriage.reply.deadline import WorkCalendar
from mailtriage.transport.smtp import Sender, SmtpAccount

LEAD = "lead@desk.example"
ZONE = ZoneInfo("Europe/Moscow")
PEOPLE = {
    "anna": ("Анна Ложкина", "+7 912 345-67-89"),
    "boris": ("Борис Вилкин", "+7 903 111-22-34"),
    "vera": ("Вера Чашкина", "+7 916 222-33-45"),
    "gleb": ("Глеб Блюдцев", "+7 925 333-44-56"),
    "dina": ("Дина Тарелкина", "+7 985 444-55-67"),
}
CALENDAR = WorkCalendar()


class Office:
    """A desk, at whatever time it is said to be."""

    def __init__(self, desk: Desk, parts: Parts) -> None:
        self.desk, self.parts = desk, parts
        parts.take_store()
        parts.mornings.look(datetime.now(UTC))

    def receive(self, name: str, text: str = "Перевёл 990 рублей, деньги не зачислены. Верните.") -> None:
        """Record a letter."""
        person, phone = PEOPLE[name]
        whole = f"{text}\n{person}, {phone}"
        self.desk.put(letter(whole, sender=f"{name}@mail.example", subject="Деньги"))
        self.receive_all()

    def receive_all(self) -> None:
        """Record what lies in the mailbox."""
        with self.parts.mailboxes()["support"]() as mailbox:
            list(self.parts.rounds(self.parts.settings.mailboxes[0]).receive(mailbox))

    def deliver(self, now: datetime) -> None:
        """Send what is due."""

        async def run() -> None:
            account = SmtpAccount(self.desk.smtp.host, self.desk.smtp.port, "none", timeout=5)
            deliverer = Deliverer(
                self.parts.outbox,
                mailboxes=self.parts.mailboxes(),
                senders=(Sender(account),),
                envelope_from="",
                now=lambda: now,
                restraint=self.parts.restraint,
                copies=self.parts.copies(),
            )
            await drain(deliverer)
            await deliverer.close()

        asyncio.run(run())

    def morning(self, day: date, hour: int = 9, minute: int = 1) -> datetime:
        """Look at the clock on that day, and send what comes of it."""
        now = datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)
        self.parts.mornings.look(now)
        self.deliver(now)
        return now

    @property
    def due(self) -> date:
        """Of the first conversation."""
        return date.fromisoformat(self.desk.rows("select due from conversation")[0][0])

    def sent(self, to: str, subject: str = "") -> list[EmailMessage]:
        """What came to that address."""
        mails = [message_from_bytes(each.octets, policy=policy.default) for each in self.desk.smtp.received]
        return [mail for mail in mails if to in mail["To"] and subject in str(mail["Subject"])]
