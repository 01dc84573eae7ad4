"""Daemons and workers on one PostgreSQL, killed at random: nothing is lost, doubled or out of order."""

import random
from pathlib import Path

from app.crew import Crew
from servers.bucket import S3
from servers.postgres import Postgres
from soak.nodes import Nodes
from soak.ordeal import Ordeal, Warm


def test_whoever_dies_of_several_nodes_and_workers_each_letter_ends_as_if_nobody_had(
    tmp_path: Path, postgres: Postgres, s3: S3
) -> None:
    crew, warm = Crew(tmp_path, postgres, s3), Warm()
    try:
        with Ordeal(tmp_path / "ordeal", warm, **crew.settings) as ordeal:
            chance = random.Random(8)  # noqa: S311 - the same each time
            nodes = Nodes(ordeal, warm, chance, daemons=2, workers=2)
            try:
                nodes.calm()
                nodes.rage(kills=6, every=2)
            finally:
                nodes.end()
            assert nodes.verdict() == []
            assert sum(nodes.kills.values()) == 6
    finally:
        warm.close()
        crew.close()
