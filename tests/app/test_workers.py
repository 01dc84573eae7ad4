"""Reading by workers: the same readings, whoever dies; and on one machine no trace of it."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from app.crew import Crew
from app.desk import OPTIONS, letter, shared_readers, until
from app.program import configuration, mailtriage

from mailtriage.mail.reading import Reading
from mailtriage.spread.queue import queue
from mailtriage.spread.worker import Worker
from mailtriage.spread.workers import Workers
from mailtriage.store.handed import Answer, Handed
from mailtriage.store.octets import LocalOctets
from mailtriage.transport.reader_frames import READ, Frame
from mailtriage.transport.readers import Pool, ReaderFailed

MAIL = letter("Не пришли деньги, платёж 5550001. Пётр Ложкин")


class Scripted(Pool):
    """Readers that do as they are told, and note what they were asked."""

    def __init__(self, answer: Reading | BaseException | None = None) -> None:
        self.answer, self.asked = answer, list[Frame]()

    def ask(self, frame: Frame) -> Future[Reading]:
        """As `Pool.ask`; without an answer it never comes to an end."""
        self.asked.append(frame)
        future: Future[Reading] = Future()
        if isinstance(self.answer, BaseException):
            future.set_exception(self.answer)
        elif self.answer is not None:
            future.set_result(self.answer)
        return future


class Site:
    """A PostgreSQL, a folder, an asker; and workers of this process."""

    def __init__(self, crew: Crew, folder: Path) -> None:
        crew.empty()
        self.database, self.octets = crew.database, LocalOctets(folder)
        # Other options, another queue: the workers that stand ready for other tests do not see these jobs.
        self.options = OPTIONS.__class__(own_addresses=(f"{folder.name}@mail.example",))
        self.here = Scripted(shared_readers().ask(Frame(READ, payload=MAIL)).result())

    @contextmanager
    def asking(self, patience: float = 600) -> Iterator[Workers]:
        """Who receives."""
        asker = Workers(self.database, self.octets, self.options, here=lambda: self.here, patience=patience)
        asker.start()
        try:
            yield asker
        finally:
            asker.close()

    @contextmanager
    def working(self, readers: Pool) -> Iterator[None]:
        """A worker of this process."""
        loop, started = asyncio.new_event_loop(), threading.Event()
        worker = Worker(self.database, self.octets, readers, queue(self.options), 1)
        thread = threading.Thread(target=lambda: loop.run_until_complete(worker.run(started.set)))
        thread.start()
        try:
            assert started.wait(30)
            yield
        finally:
            loop.call_soon_threadsafe(worker.stop)
            thread.join(60)
            loop.close()

    def jobs(self) -> list[str]:
        """What is in the queue."""
        with self.database.read() as connection:
            question = "SELECT status || ' ' || args::text FROM procrastinate_jobs WHERE queue_name = %s ORDER BY id"
            return list(connection.exec_driver_sql(question, (queue(self.options),)).scalars())


@pytest.fixture
def site(crew: Crew, tmp_path: Path) -> Site:
    return Site(crew, tmp_path)


def test_a_reading_by_a_worker_is_the_reading_of_one_machine(crew: Crew) -> None:
    readers = shared_readers()
    pictures = {"digests": ["0" * 64], "texts": {"0" * 64: "слова"}}
    asker = Workers(crew.database, crew.octets, OPTIONS, here=Scripted, patience=300)
    asker.start()
    try:
        asked = [
            (asker.submit(MAIL), readers.submit(MAIL)),
            (asker.submit(MAIL, briefly=True), readers.submit(MAIL, briefly=True)),
            (asker.submit_headers(MAIL, "too_large"), readers.submit_headers(MAIL, "too_large")),
            (asker.submit_pictures(MAIL, **pictures), readers.submit_pictures(MAIL, **pictures)),
        ]
        for there, here in asked:
            assert there.result(60) == here.result(60)
    finally:
        asker.close()


def test_a_job_names_the_message_and_holds_no_word_of_it(site: Site) -> None:
    with site.asking() as asker:
        asker.submit(MAIL)
        until(site.jobs)
        (job,) = site.jobs()
    assert job.startswith("todo ")
    assert len(job) < 400
    for word in ("lozhkin", "5550001", "Не пришли"):
        assert word not in job


def test_what_breaks_its_reader_is_told_as_on_one_machine_and_asked_once(site: Site) -> None:
    readers = Scripted(ReaderFailed("crashed with SIGSEGV"))
    with site.asking() as asker, site.working(readers):
        with pytest.raises(ReaderFailed, match="SIGSEGV"):
            asker.submit(MAIL).result(30)
        assert len(readers.asked) == 1
        until(lambda: not site.jobs())


def test_an_answer_that_is_none_is_not_believed(site: Site) -> None:
    with site.asking() as asker:
        future = asker.submit(MAIL)
        until(site.jobs)
        key = site.jobs()[0].partition('"key": "')[2][:64]
        Handed(site.database).hand_in(key, Answer(reading=b'{"message": 1}'), datetime.now(UTC))
        with pytest.raises(ReaderFailed, match="answer that is none"):
            future.result(30)


def test_what_nobody_takes_is_read_here_and_the_next_at_once(site: Site) -> None:
    with site.asking(patience=1) as asker:
        assert asker.submit(MAIL).result(30) == site.here.answer
        assert site.jobs() == []
        begun = time.monotonic()
        asker.submit(letter("Второе письмо. Пётр Ложкин")).result(30)
        assert time.monotonic() - begun < 1
    assert len(site.here.asked) == 2


def test_what_a_worker_cannot_find_is_read_here(site: Site, tmp_path: Path) -> None:
    elsewhere = Site.__new__(Site)
    elsewhere.__dict__ |= site.__dict__ | {"octets": LocalOctets(tmp_path / "another disk")}
    with site.asking(patience=1) as asker, elsewhere.working(Scripted()):
        assert asker.submit(MAIL).result(30) == site.here.answer


def test_the_job_of_a_worker_that_died_is_read_here(site: Site) -> None:
    with site.asking() as asker:
        future = asker.submit(MAIL)
        until(site.jobs)
        with site.database.write() as connection:
            # What a killed worker leaves: a job that it took, and a heart that beats no more.
            connection.exec_driver_sql(
                "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
                " VALUES (now() - interval '1 minute') RETURNING id)"
                " UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead WHERE queue_name = %s",
                (queue(site.options),),
            )
        assert future.result(30) == site.here.answer
        assert site.jobs() == []


def test_what_is_asked_of_several_messages_is_asked_here(site: Site) -> None:
    with site.asking() as asker:
        assert asker.submit_comparison(site.here.answer, MAIL, [(MAIL, ())]).result(30) == site.here.answer
        assert site.jobs() == []


def test_the_next_receiver_finds_what_the_dead_one_asked_for(site: Site) -> None:
    with site.asking() as asker:
        asker.submit(MAIL)
        until(site.jobs)
    readers = Scripted(site.here.answer)
    with site.working(readers):
        until(lambda: not site.jobs())
        with site.asking() as asker:
            assert asker.submit(MAIL).result(30) == site.here.answer
    assert len(readers.asked) == 1
    assert site.here.asked == []


def test_the_command_says_when_nobody_would_ask_it(tmp_path: Path) -> None:
    done = mailtriage("worker", "--config", configuration(tmp_path))
    assert done.code == 2
    assert "nobody asks a worker while readers.where is here" in done.err


_ALONE = """
import sys
from importlib.abc import MetaPathFinder

class Refuse(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in {"procrastinate", "psycopg", "psycopg_pool", "obstore"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Refuse())
sys.argv = ["mailtriage", "ingest", sys.argv[1], "--config", sys.argv[2], "--json"]
from mailtriage.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
assert not [name for name in sys.modules if name.startswith("mailtriage.spread")]
"""


def test_one_machine_needs_none_of_the_libraries_that_many_need(tmp_path: Path) -> None:
    sample = next((Path(__file__).parents[2] / "mailtriage" / "demo" / "samples").glob("*.eml"))
    command = [sys.executable, "-c", _ALONE, str(sample), str(configuration(tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
