"""What a message costs as the store grows: `python tests/bench/growth.py [--sizes 0,1000,...] [--postgresql] [--svg F]`.

For each size a store is filled with so many messages of ten years, every row a copy of one that the real receiver has
recorded; then the same letters, half of them of known customers and some of them repeats, are received into it. The
trap is the machine beside it: what is compared is processor time, the database server's included, and the readings,
which cost the same at any size, are made once and told apart.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import yaml
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.growing import fill
from bench.growth_plot import draw
from servers.postgres import Postgres

from mailtriage import log
from mailtriage.configuration import load_configuration, shipped
from mailtriage.mail.message import Location, RawMessage
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import Reading
from mailtriage.parts import Parts
from mailtriage.receive import Receiver
from mailtriage.store.database import Database
from mailtriage.transport.imap import Batch
from mailtriage.transport.reader_frames import Frame
from mailtriage.transport.readers import Pool, Readers

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OWN = "support@1cupis.ru"
_LETTERS, _BATCH, _TIMES = 200, 50, 60
_MATTERS = (
    "Перевёл {sum} рублей на кошелёк, деньги так и не пришли. Прошу разобраться и вернуть. Платёж {payment}.",
    "Подскажите, пожалуйста, как пополнить кошелёк с карты другого банка и какая будет комиссия за {sum} рублей?",
    "Мой кошелёк заблокирован, вывести {sum} рублей не получается. Прошу разблокировать, документы готов прислать.",
    "Предлагаю добавить в приложение тёмную тему и историю платежей за год, а не только за {sum} дней.",
    "С меня дважды списали {sum} рублей за один и тот же платёж {payment}. Прошу вернуть лишнее.",
)
KNOWN_TEXT = _MATTERS[0].format(sum=990, payment=10_000_000)


def letter(number: int) -> bytes:
    """Every second one of a customer who wrote before, and every tenth says what he has said already."""
    known, repeats = number % 2 == 0, number % 10 == 0
    message = EmailMessage()
    address = f"customer-{number % 100}@mail.example" if known else f"stranger-{number}@mail.example"
    message["From"], message["To"], message["Subject"] = f"Пётр Ложкин <{address}>", OWN, "Вопрос"
    message["Date"], message["Message-ID"] = NOW - timedelta(minutes=5), f"<new-{number}@mail.example>"
    words = _MATTERS[number % len(_MATTERS)].format(sum=100 + number, payment=90_000_000 + number)
    message.set_content(f"Здравствуйте!\n\n{KNOWN_TEXT if repeats else words}\n\nПётр Ложкин, +7 900 {number:07d}\n")
    return message.as_bytes()


class Known(Pool):
    """Readings that are made already."""

    def __init__(self, readings: dict[bytes, Reading]) -> None:
        self._readings = readings

    def ask(self, frame: Frame) -> Future[Reading]:
        """As `Pool.ask`."""
        future: Future[Reading] = Future()
        future.set_result(self._readings[frame.payload])
        return future


@dataclass
class Row:
    """What was measured at one size: milliseconds of processor time for each, server and all."""

    size: int
    costs: dict[str, float] = field(default_factory=dict)
    rss_mb: int = 0
    filled_seconds: float = 0.0


class Meter:
    """Processor time of this process and of the database's backends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> float:
        """Seconds so far."""
        return time.process_time() + self._backends()

    def _backends(self) -> float:
        if self._database.path is not None:
            return 0.0
        with self._database.read() as connection:
            pids = connection.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")).all()
        ticks = 0
        for pid in pids:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def each(self, work: Callable[[int], object], times: int) -> float:
        """Milliseconds of one piece of work."""
        before = self.now()
        for turn in range(times):
            work(turn)
        return 1000 * (self.now() - before) / times


@contextmanager
def store(folder: Path, url: str, readings: dict[bytes, Reading]) -> Iterator[Parts]:
    """The parts of a receiver on an empty store, with readings that are there."""
    server = {"host": "127.0.0.1", "port": 1, "tls": "none"}
    whole = {
        "mailboxes": [{"name": "support", **server, "user": "u", "password": "env:NOWHERE"}],
        "smtp": {**server, "from": f"Центр <{OWN}>"}, "database": url, "octets": f"file://{folder}/octets",
        "rules": str(shipped() / "rules"), "replies": str(shipped() / "config" / "replies"),
        "calendar": str(shipped() / "config" / "calendar.yaml"), "own_addresses": [OWN],
    }  # fmt: skip
    (folder / "config").mkdir(parents=True)
    config = folder / "config" / "mailtriage.yaml"
    config.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    with Parts(load_configuration(config, environment={}), clock=lambda _raw, _reading: NOW) as parts:
        parts.pool = Known(readings)
        parts.take_store()
        yield parts


def batches(first_uid: int, letters: Sequence[bytes]) -> Iterator[Batch]:
    """As they come from INBOX."""
    for start in range(0, len(letters), _BATCH):
        raw = [
            RawMessage(octets, NOW, Location("support", "INBOX", 1, first_uid + start + index))
            for index, octets in enumerate(letters[start : start + _BATCH])
        ]
        yield Batch(tuple(raw), "INBOX", 1, first_uid + start + len(raw) - 1)


def measure(parts: Parts, size: int, letters: Sequence[bytes]) -> Row:
    """Receive the letters into a store of that size, and ask it what is asked every day."""
    row, meter, receiver = Row(size), Meter(parts.database), parts.receiver
    warm, uid = letters[_LETTERS:], 50_000_000
    _receive(receiver, uid, warm)
    begun = meter.now()
    _receive(receiver, uid + 1000, letters[:_LETTERS])
    row.costs["receive"] = 1000 * (meter.now() - begun) / _LETTERS
    begun = meter.now()
    _receive(receiver, uid + 2000, letters[:_LETTERS])
    row.costs["second delivery"] = 1000 * (meter.now() - begun) / _LETTERS
    ledger, outbox, views = parts.ledger, parts.outbox, parts.views
    readings = [parts.pool.submit(octets).result() for octets in letters[:_LETTERS]]
    with ledger.batch() as recorder:
        row.costs["history"] = meter.each(lambda turn: recorder.history(readings[turn % _LETTERS], NOW), _LETTERS)

    def deliver(_: int) -> None:
        (due,) = outbox.claim("reply", 1, NOW)
        outbox.settle(due.id, NOW)

    row.costs["deliver a reply"] = meter.each(deliver, _TIMES)
    row.costs["what is due next"] = meter.each(lambda _: outbox.next_due(), _TIMES)
    row.costs["list of what waits"] = meter.each(lambda _: views.pending(200), 5)
    if size:
        row.costs["a conversation"] = meter.each(lambda turn: views.conversation(f"26-{turn + 2:06d}"), _TIMES)
    row.costs["outbox by status"] = meter.each(lambda _: outbox.counts(), 3)
    row.costs["outbox of a person"] = meter.each(lambda _: outbox.entries(), 3)
    row.rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return row


def _receive(receiver: Receiver, uid: int, letters: Sequence[bytes]) -> None:
    for _ in receiver.batches(batches(uid, letters), "support"):
        pass


def read_all(letters: Sequence[bytes]) -> tuple[dict[bytes, Reading], float]:
    """The readings, and the milliseconds that one costs."""
    known: dict[bytes, Reading] = {}
    used = []
    # Twice, for what it costs to start a reader is no cost of a letter.
    for some in ((), letters):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with Readers(1, ReadOptions(own_addresses=(OWN,))) as readers:
            known |= {octets: readers.submit(octets, briefly=True).result() for octets in some}
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return known, 1000 * (used[1] - used[0]) / len(letters)


def main() -> None:
    """Fill, measure, print, draw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="0,1000,10000,100000,1000000", help="messages in the store")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own, beside SQLite")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one of them")
    parser.add_argument("--svg", type=Path, help="where to draw what was measured")
    parser.add_argument("--folder", type=Path, help="where the stores lie, five gigabytes at a million")
    arguments = parser.parse_args()
    log.configure(level="error")
    letters = [letter(number) for number in range(_LETTERS + _BATCH)]
    readings, reading_ms = read_all(letters)
    sys.stdout.write(f"reading: {reading_ms:.1f} ms a letter, at any size\n")
    kinds = [arguments.only] if arguments.only else ["sqlite", *(["postgresql"] if arguments.postgresql else [])]
    measured: dict[str, list[Row]] = {}
    for kind in kinds:
        for size in map(int, arguments.sizes.split(",")):
            row = _at(kind, size, letters, readings, arguments.folder)
            measured.setdefault(kind, []).append(row)
            told = "  ".join(f"{name} {cost:.2f}" for name, cost in row.costs.items())
            sys.stdout.write(f"{kind:10} {size:>9,}  filled {row.filled_seconds:.0f} s, {row.rss_mb} MB: {told}\n")
            sys.stdout.flush()
        first, last = measured[kind][0].costs["receive"], measured[kind][-1].costs["receive"]
        whole = (first + reading_ms) / (last + reading_ms)
        sys.stdout.write(f"{kind}: throughput at the last size {whole:.0%} of the first ({first / last:.0%} unread)\n")
    if arguments.svg:
        arguments.svg.write_text(draw({kind: [(r.size, r.costs) for r in rows] for kind, rows in measured.items()}))


def _at(kind: str, size: int, letters: Sequence[bytes], readings: dict[bytes, Reading], folder: Path | None) -> Row:
    with ExitStack() as stack:
        base = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        server = stack.enter_context(Postgres()) if kind == "postgresql" else None
        url = server.fresh() if server else f"sqlite:///{base}/growth.db"
        parts = stack.enter_context(store(base, url, readings))
        begun = time.perf_counter()
        if size:
            # The row that all others are copies of.
            parts.clock = lambda _raw, _reading: NOW - timedelta(days=3650)
            _receive(parts.receiver, 1, letters[:1])
            parts.receiver.clock = lambda _raw, _reading: NOW
            fill(parts.database, size, NOW, KNOWN_TEXT)
        row = measure(parts, size, letters)
        row.filled_seconds = time.perf_counter() - begun
        return row


if __name__ == "__main__":
    main()
