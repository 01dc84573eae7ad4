"""The measure of how long answers take tells what comes next, not what came easily."""

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from mailtriage.reply.answer_times import ENOUGH, Waited, days_for


def answers(*days: int) -> list[Waited]:
    return [Waited(0, day, answered=True) for day in days]


def test_too_few_answers_tell_nothing() -> None:
    assert days_for(answers(*range(ENOUGH - 1)), 0.9) is None
    assert days_for([], 0.9) is None
    assert days_for([Waited(0, 30, answered=False)] * 100, 0.9) is None


def test_many_answers_tell_their_quantile_and_few_a_careful_one() -> None:
    even = [day % 10 for day in range(2000)]
    assert days_for(answers(*even), 0.8) == 8
    assert days_for(answers(*even), 0.5) == 5
    assert days_for(answers(*even[:90]), 0.75) == 8, "ninety answers prove less than two thousand"
    assert days_for(answers(*even), 0.75) == 7
    assert days_for(answers(*even[:20]), 0.9) == 9
    assert days_for(answers(*even[:20]), 0.99) == 10, "no share of twenty is so large: a day past the longest"


def test_who_still_waits_makes_the_measure_longer() -> None:
    quick = answers(*[1] * 80)
    waiting = [Waited(0, 8, answered=False)] * 20
    assert days_for(quick, 0.9) == 1
    assert days_for(quick + waiting, 0.9) == 9


def test_who_wrote_yesterday_says_nothing_of_longer_waits() -> None:
    mail_of_yesterday = [Waited(0, 0, answered=False)] * 500
    assert days_for(answers(*[3] * 500) + mail_of_yesterday, 0.9) == 3


def test_old_mail_that_nobody_answers_does_not_spoil_the_measure_of_new_mail() -> None:
    forgotten = [Waited(40, 60, answered=False)] * 300
    assert days_for(answers(*[2] * 500) + forgotten, 0.9) == 2


def test_days_that_were_allowed_on_top_may_leave_less_than_none() -> None:
    early = [Waited(-5, -3, answered=True)] * 200
    assert days_for(early, 0.9) == 0


@pytest.mark.parametrize("share", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("seed", range(3))
def test_of_the_next_customers_at_least_that_share_is_answered_by_then(share: float, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a history that is the same every time
    kept = sum(_kept(share, lambda: int(dice.lognormvariate(1.6, 0.5))) for _ in range(40))
    assert kept / 40 >= share


def _kept(share: float, days: Callable[[], int]) -> float:
    """Measured in the middle of things, half of the mail still unanswered; then tried on those who come next."""
    today = date(2026, 6, 1)
    watched = []
    for ago in range(28):
        begun = today - timedelta(days=ago)
        for _ in range(4):
            took = days()
            answered = begun + timedelta(days=took) < today
            watched.append(Waited(0, took if answered else ago - 1, answered))
    promised = days_for(watched, share)
    assert promised is not None
    return sum(days() <= promised for _ in range(200)) / 200
