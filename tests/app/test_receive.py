"""Receiving: whatever goes wrong with one message, the others are recorded and the cursor moves only behind them."""

from collections.abc import Iterator

import pytest
from app.desk import batch, letter

from mailtriage.errors import StoreError, TransportError
from mailtriage.transport.imap import Batch, Cursor
from mailtriage.transport.readers import Readers, ReadersUnavailable

QUESTION = "Как пополнить кошелёк? Пётр Ложкин"
POISON = "create trigger poison before insert on message when new.subject = 'яд' begin select raise(abort, 'яд'); end"


@pytest.fixture
def parts(quick_desk):
    with quick_desk.parts() as parts:
        parts.take_store()
        yield parts


def numbered(count: int) -> list[bytes]:
    """Of different customers, for a second question of one may be a repeat."""
    return [letter(QUESTION, subject=f"Вопрос {number}", sender=f"n{number}@mail.example") for number in range(count)]


def test_a_message_that_cannot_be_written_is_held_without_its_words_and_the_rest_is_recorded(quick_desk, parts):
    quick_desk.rows(POISON)
    one, two = numbered(2)
    poison = letter(QUESTION, subject="яд", sender="poison@mail.example")
    recorded = list(parts.receiver.receive([batch(one, poison, two)], "support"))
    assert [each.record["decision"]["verdict"] for each in recorded] == ["accept", "hold", "accept"]
    assert quick_desk.rows("select uid, outcome from location order by uid") == [
        (1, "accept"), (2, "hold"), (3, "accept"),
    ]  # fmt: skip
    assert parts.ledger.cursor("support", "INBOX") == Cursor(1, 3)
    assert parts.octets.has(recorded[1].record["digest"])


def test_a_reply_that_cannot_be_composed_makes_a_hold_that_is_moved(quick_desk, parts):
    receiver = parts.receiver
    compose = receiver.compose

    def fails(draft, **given):
        if given["original"].subject == "Вопрос 1":
            raise RuntimeError("лишнее")
        return compose(draft, **given)

    receiver.compose = fails
    recorded = list(receiver.receive([batch(*numbered(3))], "support"))
    assert [each.record["decision"]["reason"] for each in recorded] == [None, "triage_failed", None]
    assert quick_desk.rows("select kind, count(*) from outbox group by kind order by kind") == [
        ("move", 3),
        ("reply", 2),
    ]
    assert "лишнее" not in quick_desk.log()


def test_a_database_that_fails_ends_the_pass_and_the_batch_comes_again_whole(quick_desk, parts):
    batches = [batch(*numbered(2))]
    write = parts.database.write

    def away():
        raise StoreError("the database is away")

    parts.database.write = away
    with pytest.raises(StoreError):
        list(parts.receiver.receive(batches, "support"))
    parts.database.write = write
    assert parts.ledger.cursor("support", "INBOX") is None
    assert len(list(parts.receiver.receive(batches, "support"))) == 2
    assert quick_desk.rows("select count(*) from message") == [(2,)]


def test_what_was_fetched_before_the_connection_broke_off_is_recorded(quick_desk, parts):
    first, second = batch(*numbered(2)), batch(*numbered(1), first=3)

    def fetched() -> Iterator[Batch]:
        yield first
        yield second
        raise TransportError("broken off")

    with pytest.raises(TransportError):
        list(parts.receiver.receive(fetched(), "support"))
    assert parts.ledger.cursor("support", "INBOX") == Cursor(1, 3)
    assert quick_desk.rows("select count(*) from message") == [(3,)]


def test_readers_that_cannot_start_put_no_mail_on_hold(quick_desk, parts):
    receiver = parts.receiver
    pool, receiver.readers = receiver.readers, Readers(1, parts.options)
    with pytest.raises(ReadersUnavailable):
        list(receiver.receive([batch(*numbered(1))], "support"))
    assert quick_desk.rows("select count(*) from location") == [(0,)]
    receiver.readers = pool
    (recorded,) = receiver.receive([batch(*numbered(1))], "support")
    assert recorded.record["decision"]["verdict"] == "accept"


def test_a_batch_without_news_moves_the_cursor_and_is_seen_by_who_may_stop_the_pass(parts):
    gone = Batch((), "INBOX", 1, 9)
    known = batch(*numbered(1), first=10)
    receiver = parts.receiver
    assert [len(each) for each in receiver.batches([gone, known, known], "support")] == [0, 1, 0]
    assert parts.ledger.cursor("support", "INBOX") == Cursor(1, 10)


def test_a_pass_that_is_left_early_has_recorded_whole_batches_alone(quick_desk, parts):
    batches = parts.receiver.batches([batch(*numbered(2)), batch(*numbered(2), first=3)], "support")
    assert len(next(batches)) == 2
    batches.close()
    assert quick_desk.rows("select uid from cursor") == [(2,)]
    assert quick_desk.rows("select count(*) from location") == [(2,)]
