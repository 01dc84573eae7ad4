"""The house keeps its plan: imports go down only, the pure rooms do no I/O, style and types hold."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "command",
    [["importlinter.cli", "lint"], ["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=["imports", "style", "format", "types"],
)
def test_the_house_is_in_order(command):
    arguments = ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"] if "lint" in command else ["-m", *command]
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
