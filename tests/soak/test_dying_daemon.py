"""A sample of what `python -m soak` does in full: nothing is lost or doubled, wherever the daemon dies.

The trap is a proof that proves nothing because nobody died: the points that were met are counted.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from soak.letters import dozen
from soak.ordeal import Ordeal, Point, Warm
from soak.storm import Storm, small_disk
from soak.sweep import Sweep


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    warm = Warm()
    yield warm
    warm.close()


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - it shall be the same each time, and keeps no secret


def sample(sweep: Sweep, chance: random.Random, **shares: int) -> Iterator[tuple[bool, Point]]:
    """So many points of each channel, and of a start ("start")."""
    every = list(sweep.all(sweep.begin()))
    for share, count in shares.items():
        of_it = [one for one in every if share == ("start" if one[0] else one[1].channel)]
        yield from chance.sample(of_it, count)


@pytest.mark.parametrize(
    ("kind", "shares"),
    [
        ("pymap", {"commit": 4, "imap": 3, "smtp": 3, "start": 2}),
        ("dovecot", {"commit": 1, "imap": 1, "smtp": 1}),
    ],
)
def test_it_dies_at_a_commit_or_command_and_everything_ends_as_if_it_had_not(
    tmp_path: Path, warm: Warm, kind: str, shares: dict[str, int]
) -> None:
    told: list[str] = []
    with Ordeal(tmp_path, warm, kind) as ordeal:
        sweep = Sweep(ordeal, told.append)
        for starting, point in sample(sweep, _chance(7), **shares):
            sweep.try_point(point, starting=starting)
        assert sweep.end() == [], told
        assert sweep.points == sum(shares.values()), told


def test_it_dies_between_the_final_dot_and_its_answer_and_says_that_it_does_not_know(
    tmp_path: Path, warm: Warm
) -> None:
    with Ordeal(tmp_path, warm) as ordeal:
        ordeal.put(dozen("dot", 1))
        ordeal.start(Point("smtp", 5, "after"))
        assert not ordeal.until(ordeal.drained)
        assert ordeal.died == "."
        ordeal.start()
        assert ordeal.until(ordeal.drained)
        assert ordeal.judge() == []
        assert len(ordeal.smtp.received) == 1
        assert ordeal.desk.rows("select status from outbox where kind = 'reply'") == [("unconfirmed",)]


def test_it_dies_again_and_again_in_one_run(tmp_path: Path, warm: Warm) -> None:
    told: list[str] = []
    with Ordeal(tmp_path, warm) as ordeal:
        sweep = Sweep(ordeal, told.append)
        sweep.begin()
        sweep.run_of(48, 4, _chance(3))
        assert sweep.end() == [], told
        assert (sweep.points, ordeal.tally.kills) == (4, 5), told  # and once by us, before the run


def test_it_lives_through_a_storm(warm: Warm) -> None:
    told: list[str] = []
    with small_disk() as (folder, disk), Ordeal(folder, warm) as ordeal:
        storm = Storm(ordeal, _chance(11), told.append, disk)
        storm.rage(96, every=1.5)
        assert storm.verdict() == [], told
        assert sum(storm.faults.values()) >= 8, told
