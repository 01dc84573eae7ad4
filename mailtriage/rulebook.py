"""The current ruleset: read from the files, replaced in one assignment, and never by one that is wrong.

A lead who saves a half-finished edit must not stop the daemon: the last good ruleset stays in use until the files are
right again, and a metric and an event say so meanwhile.
"""

import threading
from pathlib import Path
from typing import Any

from mailtriage import log, metrics
from mailtriage.configuration import read_text
from mailtriage.edited import rule_files
from mailtriage.errors import Problems
from mailtriage.triage.consequence import Known
from mailtriage.triage.ruleset import Ruleset, load_checked

_log = log.get("rulebook")


def load_rules(folder: Path, known: Known | None = None) -> Ruleset:
    """A ruleset whose examples all hold.

    Raises:
        Problems: every mistake and every failing example, with file:line:column; files are named by their path.
    """
    texts = {name: read_text(path) for name, path in rule_files(folder).items()}
    return load_checked(texts, known=known, folder=f"{folder}/")


class Rulebook:
    """Holds the ruleset in use.

    Raises:
        Problems: at construction, when the first ruleset is wrong: a daemon without rules does not start.
    """

    def __init__(self, folder: Path, known: Known | None = None) -> None:
        self.folder = folder
        self.known = known
        self._turn = threading.Lock()
        self.current = load_rules(folder, known)
        metrics.RULES_VALID.set(1)

    def reload(self) -> bool:
        """Read the files again, in any thread; False keeps the ruleset in use, and the log says why."""
        with self._turn:
            return self._replace()

    def _replace(self) -> bool:
        try:
            ruleset = load_rules(self.folder, self.known)
        except Problems as error:
            problems = [str(problem) for problem in error.problems]
            return self._keep(problems=problems)
        except Exception:  # noqa: BLE001 - no edit of the files, however odd, ends the rules in use
            return self._keep(exc_info=True)
        metrics.RULES_VALID.set(1)
        if ruleset.version != self.current.version:
            _log.info("rules_replaced", before=self.current.version, now=ruleset.version)
        self.current = ruleset
        return True

    def _keep(self, **why: Any) -> bool:
        metrics.RULES_VALID.set(0)
        _log.error("rules_refused", kept=self.current.version, **why)
        return False
