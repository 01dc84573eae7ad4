"""The same octets are the same reading in every process: a reader, a worker on another machine, a backtest next month.

The trap is the order of a set: Python salts the hashes of strings anew in each process.
"""

import os
import subprocess
import sys

PROGRAM = """
import hashlib, pathlib, sys
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import dump, read
import mailtriage.demo
samples = sorted((pathlib.Path(mailtriage.demo.__file__).parent / "samples").glob("*.eml"))[::4]
for path in samples:
    print(path.name, hashlib.sha256(dump(read(path.read_bytes(), ReadOptions()))).hexdigest())
"""


def test_two_processes_read_the_same() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
