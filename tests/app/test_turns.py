"""Connections that ask together are served by one transaction, and one that breaks off loses and keeps nothing."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import pytest

from mailtriage.deliver.turns import Left, Next, Turns
from mailtriage.errors import StoreError
from mailtriage.store.due import DueReply

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)


def letter(number: int) -> DueReply:
    return DueReply(number, "reply", number, f"{number}@mail.example", b"", f"<{number}@x>", None, NOW, 1)


class Books:
    """Letters without end; notes each transaction, which lasts until it is let go on."""

    def __init__(self) -> None:
        self.served: list[tuple[list[int], int]] = []
        self.given_back: list[int] = []
        self.fails, self.refuses = False, set[int]()
        self.goes_on = threading.Event()
        self.goes_on.set()
        self._given = 0

    def serve(self, left: Sequence[Left], most: int) -> list[Next]:
        """As `Serve`."""
        self.served.append(([each.letter.id for each in left], most))
        assert self.goes_on.wait(10)
        if self.fails or any(each.letter.id in self.refuses for each in left):
            raise StoreError("the disk is full")
        self._given += most
        return [Next(letter(number), NOW, None) for number in range(self._given - most + 1, self._given + 1)]

    def give_back(self, row: Next) -> None:
        """As of `Turns`."""
        self.given_back.append(row.letter.id)


def run(test: Callable[[Turns, Books], Awaitable[None]]) -> Books:
    books = Books()

    async def within() -> None:
        turns = Turns(books.serve, books.give_back)
        with turns.connection(), turns.connection():
            await test(turns, books)

    asyncio.run(within())
    return books


def left(number: int) -> Left:
    return Left(letter(number), NOW, "250 taken")


def test_all_connections_are_served_at_once() -> None:
    async def ask(turns: Turns, _: Books) -> None:
        rows = await asyncio.gather(turns.next(None), turns.next(left(7)))
        assert [row.letter.id for row in rows if row] == [1, 2]

    assert run(ask).served == [([7], 2)]


def test_one_that_is_long_in_sending_is_not_waited_for() -> None:
    async def ask(turns: Turns, _: Books) -> None:
        assert await turns.next(None)

    assert run(ask).served == [([], 1)]


def test_what_left_is_written_down_over_a_connection_that_breaks_off_before_its_turn() -> None:
    async def ask(turns: Turns, _: Books) -> None:
        asking = asyncio.create_task(turns.next(left(7)))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    books = run(ask)
    assert books.served == [([7], 0)]
    assert books.given_back == []


def test_what_was_claimed_for_a_connection_that_breaks_off_is_given_back() -> None:
    async def ask(turns: Turns, books: Books) -> None:
        books.goes_on.clear()
        asking = [asyncio.create_task(turns.next(None)) for _ in range(2)]
        await asyncio.sleep(0)
        asking[0].cancel()
        await asyncio.sleep(0)
        books.goes_on.set()
        with pytest.raises(asyncio.CancelledError):
            await asking[0]
        kept = await asking[1]
        assert kept
        assert kept.letter.id == 2

    assert run(ask).given_back == [1]


def test_a_note_that_is_refused_is_told_to_whoever_wanted_it_written_and_to_nobody_else() -> None:
    async def ask(turns: Turns, books: Books) -> None:
        books.refuses = {7}
        row, told = await asyncio.gather(turns.next(None), turns.next(left(7)), return_exceptions=True)
        assert isinstance(told, StoreError)
        assert isinstance(row, Next)
        books.refuses = set()
        assert await turns.next(left(7))

    assert run(ask).served == [([7], 2), ([], 1), ([7], 1)]


def test_a_database_that_is_away_is_told_to_all() -> None:
    async def ask(turns: Turns, books: Books) -> None:
        books.fails = True
        told = await asyncio.gather(turns.next(None), turns.next(left(7)), return_exceptions=True)
        assert [type(each) for each in told] == [StoreError, StoreError]
        books.fails = False
        assert await turns.next(left(7))

    assert run(ask).served == [([7], 2), ([], 1), ([7], 1)]
