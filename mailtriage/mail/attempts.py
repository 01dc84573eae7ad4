"""Runs the steps of a reading one by one, so that hostile mail can break a step but never the whole.

The trap: a broad `except` hides mistakes of our own, so what was caught is told: as a defect that names the step and
the exception's class, and never its text, which would quote the mail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(slots=True)
class Attempts:
    """The steps of one reading; `defects` grows by one for each step that breaks."""

    defects: list[str]

    def __call__(self, what: str, step: Callable[[], _T], otherwise: _T) -> _T:
        """The result of `step`, or `otherwise` with a defect that names `what`."""
        try:
            return step()
        except Exception as error:  # noqa: BLE001 - hostile mail breaks readers in any way; the defect says which
            self.defects.append(f"{what} could not be read: {type(error).__name__}")
            return otherwise
