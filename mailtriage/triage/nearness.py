"""Whether something was a while ago, for a clock that may have jumped.

The trap is a clock that was years ahead and came back: what it stamped lies in the future, `now - then` is negative,
and "at most sixty days ago" holds for the next twelve years. What lies in the future is no evidence of nearness.
"""

from datetime import datetime, timedelta
from typing import Final

CLOCKS_DIFFER: Final = timedelta(days=1)
"""Two machines, or one before and after its clock was set, may differ by so much; what is later was stamped wrongly."""


def lately(moment: datetime, now: datetime, within: timedelta) -> bool:
    """Whether `moment` was at most `within` before `now`; both carry an offset."""
    return not ahead(moment, now) and now - moment <= within


def ahead(moment: datetime, now: datetime) -> bool:
    """Whether `moment` cannot have been yet, whatever two clocks differ by."""
    return moment - now > CLOCKS_DIFFER
