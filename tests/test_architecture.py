"""The house keeps its plan: imports go down only, the pure rooms do no I/O, style and types hold."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


COMMANDS = {
    "imports": ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    "style": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "."],
    "types": ["-m", "mypy"],
}


@pytest.mark.parametrize("what", COMMANDS)
def test_the_house_is_in_order(what):
    done = subprocess.run([sys.executable, *COMMANDS[what]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
