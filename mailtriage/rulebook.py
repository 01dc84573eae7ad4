"""The current ruleset: read from the files, replaced in one assignment, and never by one that is wrong.

A lead who saves a half-finished edit must not stop the daemon: the last good ruleset stays in use until the files are
right again, and a metric and an event say so meanwhile.
"""

from pathlib import Path

from mailtriage import log, metrics
from mailtriage.errors import Place, Problem, Problems
from mailtriage.settings import read_text
from mailtriage.triage.consequence import Known
from mailtriage.triage.ruleset import Ruleset, load_checked

_log = log.get("rulebook")


def read_rule_files(folder: Path) -> dict[str, str]:
    """The texts of a rules folder by their name below it: "10-automatic.yaml", "lists/banks.yaml".

    Raises:
        Problems: the folder or a file cannot be read, or holds no rules.
    """
    paths = sorted(folder.glob("*.yaml")) + sorted(folder.glob("lists/*.yaml"))
    if not any(path.parent == folder for path in paths):
        raise Problems([Problem(Place(str(folder)), "expected rule files here, such as 10-automatic.yaml")])
    return {str(path.relative_to(folder)): read_text(path) for path in paths}


def load_rules(folder: Path, known: Known | None = None) -> Ruleset:
    """A ruleset whose examples all hold.

    Raises:
        Problems: every mistake and every failing example, with file:line:column; files are named by their path.
    """
    return load_checked(read_rule_files(folder), known=known, folder=f"{folder}/")


class Rulebook:
    """Holds the ruleset in use.

    Raises:
        Problems: at construction, when the first ruleset is wrong: a daemon without rules does not start.
    """

    def __init__(self, folder: Path, known: Known | None = None) -> None:
        self.folder = folder
        self.known = known
        self.current = load_rules(folder, known)
        metrics.RULES_VALID.set(1)

    def reload(self) -> bool:
        """Read the files again; False keeps the ruleset in use, and the log says why."""
        try:
            ruleset = load_rules(self.folder, self.known)
        except Problems as error:
            metrics.RULES_VALID.set(0)
            problems = [str(problem) for problem in error.problems]
            _log.error("rules_refused", kept=self.current.version, problems=problems)
            return False
        metrics.RULES_VALID.set(1)
        if ruleset.version != self.current.version:
            _log.info("rules_replaced", before=self.current.version, now=ruleset.version)
        self.current = ruleset
        return True
