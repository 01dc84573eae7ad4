"""Workers as processes of their own, on one PostgreSQL and one bucket, for as many desks as come one after another.

Without a bucket they share a folder, as on one machine.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from app.desk import until
from app.program import configuration
from servers.bucket import REGION, S3, SECRET
from servers.postgres import Postgres
from sqlalchemy import delete

from mailtriage.store.database import Database
from mailtriage.store.octets import BucketOptions, open_octets
from mailtriage.store.tables import metadata


class Crew:
    """The workers, and the settings of a desk whose mail they read."""

    def __init__(self, folder: Path, postgres: Postgres, s3: S3 | None = None) -> None:
        url = postgres.fresh()
        self.database = Database(url)
        self.database.upgrade()
        self.settings: dict[str, Any] = {
            "database": url,
            "octets": f"file://{folder}/octets",
            "readers": {"where": "workers", "processes": 1},
        }
        options = None
        if s3:
            self.settings |= {"octets": f"s3://{s3.bucket()}/mail", "octets_options": s3.options(folder)}
            options = BucketOptions(s3.endpoint, REGION, access_key="key", secret_key=SECRET)
        self.octets = open_octets(self.settings["octets"], options)
        self.workers: list[subprocess.Popen[bytes]] = []
        self._config = configuration(folder, **self.settings)
        self._log = folder / "workers"
        self._log.touch()

    def hire(self, count: int) -> None:
        """Start so many more workers, and wait until each reads."""
        before = self._ready()
        with self._log.open("ab") as output:
            command = [sys.executable, "-m", "mailtriage.cli", "worker", "--config", str(self._config)]
            environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILTRIAGE")}
            self.workers += [subprocess.Popen(command, stderr=output, env=environment) for _ in range(count)]
        until(lambda: self._ready() >= before + count, 120)

    def log(self) -> str:
        """All that the workers have said."""
        return self._log.read_text()

    def empty(self) -> None:
        """Forget all mail; the library's own tables stay, for its workers stand in them."""
        with self.database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))

    def dismiss(self) -> None:
        """End all workers at once."""
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.workers = []

    def close(self) -> None:
        """The end."""
        self.dismiss()
        self.database.close()

    def _ready(self) -> int:
        return self.log().count("worker_started")
