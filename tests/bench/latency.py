"""How soon a customer is acknowledged: `python tests/bench/latency.py [--one-by-one N] [--rate R --seconds S]`.

The real daemon as a process of its own between Dovecot (IDLE) and an SMTP server of ours; from the moment at which
Dovecot has taken a message to the final dot of its acknowledgement, median and p99. The trap is the clock: a message
is dated by INTERNALDATE to the second and by Dovecot itself, so both ends are taken here, on one monotonic clock.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import yaml
from imapclient import IMAPClient

sys.path.insert(0, str(Path(__file__).parent.parent))

from servers.dovecot import Dovecot
from servers.scripted import ScriptedSmtp

from mailtriage.configuration import shipped

_OWN = "support@1cupis.ru"
_PATIENCE = 60
_WARM_UP = 5
_TOPICS = ("Как пополнить кошелёк", "Не пришли деньги на карту", "Как удалить учётную запись", "Двойное списание")
_FIRST = ("Пётр", "Иван", "Олег", "Глеб", "Егор", "Фёдор", "Роман", "Павел", "Денис", "Артём")
_LAST = ("Ложкин", "Чашкин", "Сахаров", "Миров", "Лугов", "Озеров", "Берёзов", "Клёнов", "Осинин", "Дубов")


class TimedSmtp(ScriptedSmtp):
    """An SMTP server that knows when each recipient's mail had ended."""

    def __init__(self) -> None:
        super().__init__(offers=("PIPELINING", "SIZE 20000000", "8BITMIME", "ENHANCEDSTATUSCODES"))
        self.arrived: dict[str, float] = {}
        self._news = threading.Condition()

    def took(self, mail: bytes) -> None:
        """Note the end of a mail by the address in To."""
        now = time.monotonic()
        line = next(one for one in mail.splitlines() if one.lower().startswith(b"to:"))
        with self._news:
            self.arrived[line.split(b":", 1)[1].strip(b" <>").decode()] = now
            self._news.notify_all()

    def wait_for(self, addresses: set[str], seconds: float) -> bool:
        """Until all of them were written to."""
        with self._news:
            return self._news.wait_for(lambda: addresses <= self.arrived.keys(), seconds)


class Desk:
    """The daemon with its store in a folder of its own."""

    def __init__(self, folder: Path, imap: Dovecot, smtp: TimedSmtp) -> None:
        self._folder, self._imap, self._smtp = folder, imap, smtp
        self._config = folder / "config" / "mailtriage.yaml"
        self._config.parent.mkdir()
        (folder / "password").write_text(imap.password)
        self._config.write_text(yaml.safe_dump(self._settings(), allow_unicode=True), encoding="utf-8")

    def _settings(self) -> dict[str, object]:
        return {
            "mailboxes": [
                {"name": "support", "host": self._imap.host, "port": self._imap.port, "tls": "none",
                 "user": self._imap.user, "password": f"file:{self._folder}/password"}
            ],
            "smtp": {"host": self._smtp.host, "port": self._smtp.port, "tls": "none", "from": f"Первый ЦУПИС <{_OWN}>"},
            "database": f"sqlite:///{self._folder}/mailtriage.db",
            "octets": f"file://{self._folder}/octets",
            "rules": str(shipped() / "rules"),
            "replies": str(shipped() / "config" / "replies"),
            "calendar": str(shipped() / "config" / "calendar.yaml"),
            "own_addresses": [_OWN],
        }  # fmt: skip

    @contextmanager
    def daemon(self) -> Iterator[None]:
        """Running and ready; ended by its process id."""
        log = self._folder / "log"
        command = [sys.executable, "-m", "mailtriage.cli", "run", "--config", str(self._config)]
        with log.open("w") as stream:
            process = subprocess.Popen(command, stderr=stream)
        try:
            until = time.monotonic() + _PATIENCE
            while "daemon_started" not in log.read_text():
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"the daemon does not start: {log.read_text()[-2000:]}")
                time.sleep(0.1)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


class Customers:
    """Those who write, each from an address of his own; `put_at` is when Dovecot had their message."""

    def __init__(self, imap: Dovecot) -> None:
        self._client = IMAPClient(imap.host, imap.port, ssl=False)
        self._client._imap.debug = 0  # noqa: SLF001 - it would keep every line otherwise
        self._client.login(imap.user, imap.password)
        self.put_at: dict[str, float] = {}

    def write(self) -> str:
        """Deliver one message; gives the address."""
        number = len(self.put_at)
        address = f"c{number}@mail.example"
        # Other people each: of one and the same, all but a few acknowledgements a day are suppressed.
        name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number // len(_FIRST) % len(_LAST)]}"
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = f"{name} <{address}>", _OWN, f"Вопрос {number}"
        message["Date"], message["Message-ID"] = datetime.now(UTC), f"<{os.urandom(8).hex()}@mail.example>"
        topic = _TOPICS[number % len(_TOPICS)]
        message.set_content(f"Здравствуйте! {topic}? Номер заявки {700000 + number}.\n\n{name}, +7916{number:07}\n")
        octets = message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        self._client.append("INBOX", octets)
        self.put_at[address] = time.monotonic()
        return address


def one_by_one(customers: Customers, smtp: TimedSmtp, count: int) -> list[str]:
    """Each writes when the one before has his acknowledgement."""
    addresses = []
    for _ in range(count):
        addresses.append(customers.write())
        if not smtp.wait_for({addresses[-1]}, _PATIENCE):
            raise SystemExit(f"no acknowledgement came to {addresses[-1]}")
    return addresses


def under_load(customers: Customers, smtp: TimedSmtp, rate: float, seconds: float) -> list[str]:
    """`rate` messages a second, evenly, whatever comes back."""
    start, addresses = time.monotonic(), []
    while len(addresses) < rate * seconds:
        time.sleep(max(0.0, start + len(addresses) / rate - time.monotonic()))
        addresses.append(customers.write())
    reached = len(addresses) / (time.monotonic() - start)
    if not smtp.wait_for(set(addresses), _PATIENCE):
        sys.stdout.write(f"{len(set(addresses) - smtp.arrived.keys())} acknowledgements did not come\n")
    sys.stdout.write(f"(written at {reached:.1f} a second)\n")
    return addresses


def row(name: str, customers: Customers, smtp: TimedSmtp, addresses: list[str]) -> str:
    """Median, p99 and maximum in milliseconds."""
    taken = sorted(1000 * (smtp.arrived[one] - customers.put_at[one]) for one in addresses if one in smtp.arrived)
    if not taken:
        return f"{name:24}{0:6}"
    median, late = taken[len(taken) // 2], taken[min(len(taken) - 1, int(0.99 * len(taken)))]
    return f"{name:24}{len(taken):6}{median:10.0f}{late:10.0f}{taken[-1]:10.0f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--one-by-one", type=int, default=200, metavar="N")
    parser.add_argument("--rate", type=float, default=20, help="messages a second under load")
    parser.add_argument("--seconds", type=float, default=10, help="of load")
    parser.add_argument("--log", type=Path, default=None, help="keep the daemon's log here, to see where the time goes")
    arguments = parser.parse_args()
    # Told to end, it ends its servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="latency-") as folder, Dovecot() as imap, TimedSmtp() as smtp:
        customers = Customers(imap)
        with Desk(Path(folder), imap, smtp).daemon():
            one_by_one(customers, smtp, _WARM_UP)
            rows = [row("one by one", customers, smtp, one_by_one(customers, smtp, arguments.one_by_one))]
            loaded = under_load(customers, smtp, arguments.rate, arguments.seconds)
            rows.append(row(f"{arguments.rate:g} a second", customers, smtp, loaded))
        if arguments.log:
            arguments.log.write_text((Path(folder) / "log").read_text())
    heads = "".join(f"{head:>10}" for head in ("ms p50", "ms p99", "ms max"))
    # It is a command, and the table is its answer.
    sys.stdout.write("\n".join([f"{'':24}{'mails':>6}{heads}", *rows]) + "\n")


if __name__ == "__main__":
    main()
