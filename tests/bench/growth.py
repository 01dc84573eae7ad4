"""What a message costs as the store grows: `python tests/bench/growth.py [--sizes N,...] [--svg FILE]`.

For each size a store is filled with so many messages of ten years, every row a copy of one that the real receiver has
recorded; then the same letters, half of them of known customers and some of them repeats, are received into it. The
trap is a machine that does other work: what is compared is processor time, the database server's included, of stores
that stand side by side and take turns; and the readings, which cost the same at any size, are made once and told apart.
"""

import argparse
import functools
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
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
from mailtriage.edited import known_names, read_templates
from mailtriage.mail.message import Location, RawMessage
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import Reading
from mailtriage.parts import Parts
from mailtriage.receive import Receiver
from mailtriage.reply.templates import Templates
from mailtriage.rulebook import Rulebook
from mailtriage.store.database import Database
from mailtriage.transport.imap import Batch
from mailtriage.transport.reader_frames import Frame
from mailtriage.transport.readers import Pool, Readers

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OWN = "support@1cupis.ru"
_BATCH = 50
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


_BACKENDS = text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
)
"""Those that serve us: a worker that vacuums is no cost of a letter, and would be told with all that it ever used."""


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
            pids = connection.scalars(_BACKENDS).all()
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


@functools.cache
def _words() -> tuple[Rulebook, Templates]:
    """The shipped rules and templates, compiled once for all stores."""
    templates = read_templates(shipped() / "config" / "replies")
    return Rulebook(shipped() / "rules", known_names(frozenset(templates.names))), templates


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
        parts.rulebook, parts.templates = _words()
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


def measure(parts: Parts, turn: int, letters: Sequence[bytes]) -> dict[str, float]:
    """Receive letters into a store, and ask it what is asked every day: milliseconds of each."""
    meter, uid, costs = Meter(parts.database), 50_000_000 + 10_000 * turn, {}
    for name in ("receive", "second delivery"):
        begun = meter.now()
        _receive(parts.receiver, uid, letters)
        costs[name] = 1000 * (meter.now() - begun) / len(letters)
        uid += len(letters)
    outbox, views = parts.outbox, parts.views
    readings = [parts.pool.submit(octets).result() for octets in letters]
    with parts.ledger.batch() as recorder:
        costs["history"] = meter.each(lambda at: recorder.history(readings[at], NOW), len(readings))

    def deliver(_: int) -> None:
        (due,) = outbox.claim("reply", 1, NOW)
        outbox.settle(due.id, NOW)

    costs["deliver a reply"] = meter.each(deliver, 20)
    costs["what is due next"] = meter.each(lambda _: outbox.next_due(), 20)
    costs["list of what waits"] = meter.each(lambda _: views.pending(200), 5)
    (waiting,) = views.pending(1)
    costs["a conversation"] = meter.each(lambda _: views.conversation(waiting.number), 20)
    costs["outbox of a person"] = meter.each(lambda _: outbox.entries(), 3)
    costs["counts of a minute"] = meter.each(lambda _: outbox.open_counts(), 3)
    return costs


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
    parser.add_argument("--sizes", default="1,1000,10000,100000,1000000", help="messages in the stores")
    parser.add_argument("--databases", default="sqlite,postgresql", help="one of them, or both")
    parser.add_argument("--rounds", type=int, default=7, help="batches of 50 letters into each store")
    parser.add_argument("--svg", type=Path, help="where to draw what was measured")
    parser.add_argument("--folder", type=Path, help="where the stores lie, ten gigabytes for a million messages")
    arguments = parser.parse_args()
    log.configure(level="error")
    sizes = [int(size) for size in arguments.sizes.split(",")]
    letters = [letter(number) for number in range(_BATCH * (arguments.rounds + 1))]
    readings, reading = read_all(letters)
    say(f"reading: {reading:.1f} ms a letter, at any size")
    measured = {}
    for kind in arguments.databases.split(","):
        rows = measured[kind] = compare(kind, sizes, letters, readings, arguments.folder)
        for size, costs in rows:
            told = "  ".join(f"{name} {cost:.2f}" for name, cost in costs.items())
            say(f"{kind:10} {size:>9,}: {told}")
        first, last = rows[0][1]["receive"], rows[-1][1]["receive"]
        whole = (first + reading) / (last + reading)
        compared = f"{whole:.0%} of that at {sizes[0]:,}; recording alone {first / last:.0%}"
        say(f"{kind}: throughput at {sizes[-1]:,} is {compared}")
    if arguments.svg:
        arguments.svg.write_text(draw(measured))


def compare(
    kind: str, sizes: Sequence[int], letters: Sequence[bytes], readings: dict[bytes, Reading], folder: Path | None
) -> list[tuple[int, dict[str, float]]]:
    """The medians of each size; all stores stand at once and take turns, for the machine is never the same twice."""
    with ExitStack() as stack:
        base = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        server = stack.enter_context(Postgres()) if kind == "postgresql" else None
        stores = []
        for size in sizes:
            url = server.fresh() if server else f"sqlite:///{base}/{size}.db"
            begun = time.perf_counter()
            parts = stack.enter_context(store(base / str(size), url, readings))
            receiver = parts.receiver
            # The rows that all others are copies of.
            receiver.clock = lambda _raw, _reading: NOW - timedelta(days=3650)
            _receive(receiver, 1, [letter(1)])
            receiver.clock = lambda _raw, _reading: NOW
            fill(parts.database, size, NOW, KNOWN_TEXT)
            stores.append(parts)
            say(f"{kind:10} {size:>9,}: filled in {time.perf_counter() - begun:.0f} s")
        turns: list[list[dict[str, float]]] = [[] for _ in sizes]
        for turn in range(len(letters) // _BATCH):
            some = letters[turn * _BATCH : (turn + 1) * _BATCH]
            for parts, costs in zip(stores, turns, strict=True):
                costs.append(measure(parts, turn, some))
        # The first turn fills the caches.
        return [(size, _medians(costs[1:])) for size, costs in zip(sizes, turns, strict=True)]


def _medians(turns: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(costs[name] for costs in turns) for name in turns[0]}


def say(line: str) -> None:
    """A line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
