"""The latest rows for each of several values in one question, by index.

The trap is `WHERE sender IN (...) ORDER BY id DESC LIMIT 50`: for one value an index gives the fifty at once, for two
the database reads and sorts all that there are. So each value has its own bounded part of one UNION ALL.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, Select, select, union_all

from mailtriage.store.prepared import Prepared, power_of_two

Part = Callable[[str], Select[Any]]
"""Builds the bounded question for one value; its bind parameters end with the suffix that it is given."""


def latest(connection: Connection, part: Part, values: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The rows of each of `values`, which are the bind parameters of a part without their suffix; in no order."""
    if not values:
        return []
    count = power_of_two(len(values))
    # Nothing equals NULL: parts without a value find nothing.
    filled = (*values, *repeat(dict.fromkeys(values[0]), count - len(values)))
    parameters = {f"{name}_{at}": given for at, value in enumerate(filled) for name, given in value.items()}
    return _together(part).rows(connection, parameters, count)


@cache
def _together(part: Part) -> Prepared:
    def build(count: int) -> Any:
        # Of one part, and mostly there is but one, SQLite would make a table first and read it then.
        if count == 1:
            return part("_0")
        return union_all(*(select(part(f"_{at}").subquery()) for at in range(count)))

    return Prepared(build)
