"""The program without a process of its own: the same entry point, with its output caught. A process start costs 2 s."""

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import yaml

from mailtriage import cli
from mailtriage.configuration import shipped

OWN = "support@1cupis.ru"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What `--json` printed."""
        return [json.loads(line) for line in self.out.split("\n") if line]


def mailtriage(*arguments: object, stdin: bytes = b"") -> Done:
    """One command to its end."""
    streams = sys.argv, sys.stdin, sys.stdout, sys.stderr
    out, err = io.BytesIO(), io.BytesIO()
    sys.argv = ["mailtriage", *map(str, arguments)]
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin))
    sys.stdout, sys.stderr = (io.TextIOWrapper(stream, "utf-8", write_through=True) for stream in (out, err))
    code: object = 0
    try:
        cli.main()
    except SystemExit as end:
        code = end.code
    finally:
        kept = sys.stdout, sys.stderr
        sys.argv, sys.stdin, sys.stdout, sys.stderr = streams
        # What the next test logs has another place to go to.
        structlog.reset_defaults()
    done = Done(int(str(code or 0)), out.getvalue().decode(), err.getvalue().decode())
    for stream in kept:
        stream.detach()
    return done


def configuration(folder: Path, **changes: Any) -> Path:
    """A whole configuration in a folder, with one reader process; no server answers to it."""
    server = {"host": "127.0.0.1", "port": 1, "tls": "none"}
    whole: dict[str, Any] = {
        "mailboxes": [{"name": "support", **server, "user": "u", "password": "env:NOWHERE"}],
        "smtp": {**server, "from": f"Первый ЦУПИС <{OWN}>"},
        "database": f"sqlite:///{folder}/store/mailtriage.db",
        "octets": f"file://{folder}/store/octets",
        "rules": str(shipped() / "rules"),
        "replies": str(shipped() / "config" / "replies"),
        "calendar": str(shipped() / "config" / "calendar.yaml"),
        "own_addresses": [OWN],
        "readers": {"processes": 1},
    } | changes
    file = folder / "config" / "mailtriage.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def contents(folder: Path) -> set[str]:
    """Everything in a folder, to see what a command left behind."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
