"""What a reply template may say: a small, checked part of Jinja, in which every letter is short and true.

Even Jinja's sandbox renders `{{ 'a' * 10**9 }}` for half a minute, and a template that prints a date which a message
does not have writes "None" to a customer. Both are found here, in the parsed template, before any letter is rendered:
no arithmetic, no calls, no attributes; a value that may be absent stands inside its `{% if %}`.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

from jinja2 import nodes

from mailtriage.errors import Place, Problem
from mailtriage.located import nearest
from mailtriage.reply.documents import TOPICS

Kind = Literal["text", "date", "days", "list", "flag", "topics"]

VARIABLES: Final[dict[str, Kind]] = {
    "number": "text",
    "registered_on": "date",
    "due": "date",
    "working_days": "days",
    "why_due": "list",
    "documents": "list",
    "requests": "list",
    "topics": "topics",
    "follow_up": "flag",
    "overdue": "flag",
}
"""All that a template knows, as `Draft` describes it."""

FILTERS: Final[dict[str, Kind]] = {"date": "date", "days": "days"}
"""By name, the kind of value that it is for."""

_LOOP_FLAGS: Final = ("first", "last")
_ANNOUNCED: Final = frozenset({"documents", "requests"})
"""Lists that a sentence announces, so that an empty one must not be reached."""
_MAX_DEPTH: Final = 6
"""Blocks in blocks; Python refuses the code that Jinja makes of a hundred."""


@dataclass
class Check:
    """One walk over a parsed template; what is wrong is gathered in `problems`."""

    file: str
    lines: list[str]
    parts: frozenset[str]
    """Names of the parts ("_contacts") that may be included in this language."""
    depth: int = 0
    problems: list[Problem] = field(default_factory=list)

    def template(self, tree: nodes.Template) -> list[Problem]:
        """Every problem of a template."""
        for node in tree.body:
            self._statement(node, frozenset(), None)
        return self.problems

    def say(self, node: nodes.Node, word: str, text: str) -> None:
        """Note a problem at the first `word` on the node's line."""
        line = self.lines[node.lineno - 1] if node.lineno <= len(self.lines) else ""
        self.problems.append(Problem(Place(self.file, node.lineno, max(line.find(word), 0) + 1), text))

    def _statement(self, node: nodes.Node, sure: frozenset[str], item: str | None) -> None:
        """Check one statement; `sure` are the values known to be there, `item` the variable of the loop around it."""
        if self.depth > _MAX_DEPTH:
            self.say(node, "{%", f"blocks are nested deeper than {_MAX_DEPTH} levels")
            return
        self.depth += 1
        if isinstance(node, nodes.Output):
            for child in node.nodes:
                self._printed(child, sure, item)
        elif isinstance(node, nodes.If):
            self._condition(node, sure, item)
        elif isinstance(node, nodes.For):
            self._loop(node, sure, item)
        elif isinstance(node, nodes.Include):
            self._include(node)
        else:
            word = type(node).__name__.lower()
            self.say(node, "{%", f"{word} is not used in templates; there are only if, for and include")
        self.depth -= 1

    def _condition(self, node: nodes.If, sure: frozenset[str], item: str | None) -> None:
        otherwise = sure
        for branch in (node, *node.elif_):
            self._test(branch.test, item)
            for child in branch.body:
                self._statement(child, otherwise | _present(branch.test, truth=True), item)
            otherwise |= _present(branch.test, truth=False)
        for child in node.else_:
            self._statement(child, otherwise, item)

    def _test(self, test: nodes.Node, item: str | None) -> None:
        if isinstance(test, nodes.Name):
            self._known(test, item)
        elif isinstance(test, nodes.Not):
            self._test(test.node, item)
        elif isinstance(test, nodes.And | nodes.Or):
            self._test(test.left, item)
            self._test(test.right, item)
        elif isinstance(test, nodes.Compare):
            self._topic(test)
        elif not (item is not None and _loop_attribute(test) in _LOOP_FLAGS):
            self.say(test, "{%", 'a condition is the name of a value, with not, and, or; or "topic" in topics')

    def _topic(self, test: nodes.Compare) -> None:
        operand = test.ops[0]
        topics = isinstance(operand.expr, nodes.Name) and operand.expr.name == "topics"
        if (
            len(test.ops) != 1
            or operand.op not in {"in", "notin"}
            or not topics
            or not isinstance(test.expr, nodes.Const)
        ):
            self.say(test, "{%", 'values are not compared here; only "topic" in topics is asked')
        elif test.expr.value not in TOPICS:
            name = str(test.expr.value)
            self.say(test, name, f'unknown topic "{name}"{nearest(name, TOPICS)}')

    def _loop(self, node: nodes.For, sure: frozenset[str], item: str | None) -> None:
        lists = [name for name, kind in VARIABLES.items() if kind == "list"]
        if item is not None:
            self.say(node, "for", "a loop inside a loop is not used in templates")
        if not isinstance(node.iter, nodes.Name) or node.iter.name not in lists:
            name = node.iter.name if isinstance(node.iter, nodes.Name) else ""
            self.say(node, name or "for", f"for goes over {', '.join(lists)} alone{nearest(name, lists)}")
        elif node.iter.name in _ANNOUNCED - sure:
            self.say(node, "for", f"put this inside {{% if {node.iter.name} %}}, or the letter announces an empty list")
        if node.test is not None or node.recursive or not isinstance(node.target, nodes.Name):
            self.say(node, "for", "expected {% for name in list %}, and nothing more")
            return
        if node.target.name in VARIABLES:
            self.say(node, node.target.name, f'"{node.target.name}" is a value already; name the item otherwise')
        for child in (*node.body, *node.else_):
            self._statement(child, sure, node.target.name)

    def _include(self, node: nodes.Include) -> None:
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        if not isinstance(name, str) or node.ignore_missing:
            self.say(node, "include", 'expected {% include "_part" %}, and nothing more')
        elif name not in self.parts:
            known = ", ".join(sorted(self.parts)) or "none"
            self.say(node, name, f'no part "{name}" in this language{nearest(name, self.parts)}; there are: {known}')

    def _printed(self, node: nodes.Node, sure: frozenset[str], item: str | None) -> None:
        if isinstance(node, nodes.TemplateData) or (item is not None and _loop_attribute(node) == "index"):
            return
        name, used = (node.node, node.name) if isinstance(node, nodes.Filter) else (node, None)
        if not isinstance(name, nodes.Name):
            self.say(node, "{{", "only the name of a value is printed: no text, no arithmetic, no calls, no attributes")
            return
        if used is not None and used not in FILTERS:
            self.say(node, used, f'unknown filter "{used}"{nearest(used, FILTERS)}; there are: {", ".join(FILTERS)}')
        elif isinstance(node, nodes.Filter) and (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs):
            self.say(node, node.name, f"the filter {node.name} takes no arguments")
        elif self._known(name, item) and name.name != item:
            self._fitting(name, used, sure)

    def _fitting(self, name: nodes.Name, used: str | None, sure: frozenset[str]) -> None:
        kind = VARIABLES[name.name]
        needed = next((filter_ for filter_, fits in FILTERS.items() if fits == kind), None)
        if kind in {"list", "flag", "topics"}:
            self.say(name, name.name, f"{name.name} is not printed as it is; it is asked for with if, a list with for")
        elif used != needed:
            written = f"{name.name} | {needed}" if needed else name.name
            self.say(name, name.name, f"write {{{{ {written} }}}}")
        elif name.name not in sure:
            self.say(name, name.name, f"{name.name} may be absent: put it inside {{% if {name.name} %}}")

    def _known(self, name: nodes.Name, item: str | None) -> bool:
        if name.name in VARIABLES or name.name == item:
            return True
        self.say(name, name.name, f'unknown value "{name.name}"{nearest(name.name, VARIABLES)}')
        return False


def _present(test: nodes.Node, *, truth: bool) -> frozenset[str]:
    """The values that are there for sure when `test` came out as `truth`."""
    if isinstance(test, nodes.Name):
        return frozenset({test.name}) if truth else frozenset()
    if isinstance(test, nodes.Not):
        return _present(test.node, truth=not truth)
    if isinstance(test, nodes.And | nodes.Or):
        left, right = _present(test.left, truth=truth), _present(test.right, truth=truth)
        return left | right if isinstance(test, nodes.And) == truth else left & right
    return frozenset()


def _loop_attribute(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "loop":
        return node.attr
    return None
