"""A short run of the fuzzer that is led by coverage; run_atheris.py is the long one.

The trap is a run that is bounded by time: what it finds then depends on the machine, and not on the seed.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

missing = importlib.util.find_spec("atheris") is None
pytestmark = pytest.mark.skipif(
    missing and not os.environ.get("CI"), reason="atheris is not installed: no fuzzing led by coverage"
)


def test_a_bounded_run_finds_nothing(tmp_path):
    program = Path(__file__).with_name("run_atheris.py")
    options = ["-runs=400", "-seed=1", f"-artifact_prefix={tmp_path}/"]
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path / "corpus"), *options],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env={**os.environ, "PYTHONHASHSEED": "1"},
        timeout=900,
    )
    # A broken promise is told on the one, and its octets on the other.
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "Done " in done.stderr
