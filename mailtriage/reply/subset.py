"""What a reply template may say: a small, checked part of Jinja, in which every letter is short and true.

Even Jinja's sandbox renders `{{ 'a' * 10**9 }}` for half a minute, and a template that prints a date which a message
does not have writes "None" to a customer. Both are found here, in the parsed template, before any letter is rendered:
no arithmetic, no calls, no attributes; a value that may be absent stands inside its `{% if %}`.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

from jinja2 import nodes

from mailtriage.errors import Place, Problem, Told
from mailtriage.located import nearest
from mailtriage.reply.documents import TOPICS

Kind = Literal["text", "date", "days", "list", "flag", "topics"]

VARIABLES: Final[dict[str, Kind]] = {
    "number": "text",
    "registered_on": "date",
    "due": "date",
    "working_days": "days",
    "says": "list",
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
_ANNOUNCED: Final = frozenset({"documents", "requests", "says"})
"""Lists that a sentence announces, so that an empty one must not be reached."""
_MAX_DEPTH: Final = 6
"""Blocks in blocks; Python refuses the code that Jinja makes of a hundred."""
_MOST_INCLUDES: Final = 30
"""Without a bound, a part that repeats a list, included a thousand times in another list, would fill the memory."""


@dataclass
class Check:
    """One walk over a parsed template; what is wrong is gathered in `problems`."""

    file: str
    lines: list[str]
    parts: frozenset[str]
    """Names of the parts ("_contacts") that may be included in this language."""
    depth: int = 0
    includes: int = 0
    problems: list[Problem] = field(default_factory=list)

    def template(self, tree: nodes.Template) -> list[Problem]:
        """Every problem of a template."""
        for node in tree.body:
            self._statement(node, frozenset(), None)
        return self.problems

    def say(self, node: nodes.Node, word: str, text: Told) -> None:
        """Note a problem at the first `word` on the node's line."""
        line = self.lines[node.lineno - 1] if node.lineno <= len(self.lines) else ""
        self.problems.append(Problem(Place(self.file, node.lineno, max(line.find(word), 0) + 1), text))

    def _statement(self, node: nodes.Node, sure: frozenset[str], item: str | None) -> None:
        """Check one statement; `sure` are the values known to be there, `item` the variable of the loop around it."""
        if self.depth > _MAX_DEPTH:
            self.say(
                node,
                "{%",
                Told(f"blocks are nested deeper than {_MAX_DEPTH} levels", f"вложено глубже {_MAX_DEPTH} уровней"),
            )
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
            self._include(node, item)
        else:
            word = type(node).__name__.lower()
            text = Told(
                f"{word} is not used in templates; there are only if, for and include",
                f"{word} в шаблонах не бывает; есть только if, for и include",
            )
            self.say(node, "{%", text)
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
            text = Told(
                'a condition is the name of a value, with not, and, or; or "topic" in topics',
                'условие — это имя значения, можно с not, and, or; или "тема" in topics',
            )
            self.say(test, "{%", text)

    def _topic(self, test: nodes.Compare) -> None:
        operand = test.ops[0]
        topics = isinstance(operand.expr, nodes.Name) and operand.expr.name == "topics"
        if (
            len(test.ops) != 1
            or operand.op not in {"in", "notin"}
            or not topics
            or not isinstance(test.expr, nodes.Const)
        ):
            text = Told(
                'values are not compared here; only "topic" in topics is asked',
                'значения здесь не сравнивают; спрашивают только так: "тема" in topics',
            )
            self.say(test, "{%", text)
        elif test.expr.value not in TOPICS:
            name = str(test.expr.value)
            self.say(test, name, Told(f'unknown topic "{name}"', f"темы «{name}» нет") + nearest(name, TOPICS))

    def _loop(self, node: nodes.For, sure: frozenset[str], item: str | None) -> None:
        lists = [name for name, kind in VARIABLES.items() if kind == "list"]
        if item is not None:
            self.say(node, "for", Told("a loop inside a loop is not used in templates", "for внутри for не бывает"))
        if not isinstance(node.iter, nodes.Name) or node.iter.name not in lists:
            name = node.iter.name if isinstance(node.iter, nodes.Name) else ""
            among = ", ".join(lists)
            text = Told(f"for goes over {among} alone", f"for перебирает только {among}")
            self.say(node, name or "for", text + nearest(name, lists))
        elif node.iter.name in _ANNOUNCED - sure:
            text = Told(
                f"put this inside {{% if {node.iter.name} %}}, or the letter announces an empty list",
                f"поставьте это внутрь {{% if {node.iter.name} %}}, иначе письмо обещает список, а он пуст",
            )
            self.say(node, "for", text)
        if node.test is not None or node.recursive or not isinstance(node.target, nodes.Name):
            text = Told("expected {% for name in list %}, and nothing more", "нужно {% for имя in список %}, и только")
            self.say(node, "for", text)
            return
        if node.target.name in VARIABLES:
            name = node.target.name
            text = Told(f'"{name}" is a value already; name the item otherwise', f"имя «{name}» занято: назовите иначе")
            self.say(node, name, text)
        for child in (*node.body, *node.else_):
            self._statement(child, sure, node.target.name)

    def _include(self, node: nodes.Include, item: str | None) -> None:
        self.includes += 1
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        if item is not None or self.includes == _MOST_INCLUDES + 1:
            text = Told(
                f"a part is included outside of any for, and at most {_MOST_INCLUDES} are",
                f"части вставляют вне for, и не больше {_MOST_INCLUDES} на шаблон",
            )
            self.say(node, "include", text)
        if not isinstance(name, str) or node.ignore_missing:
            text = Told('expected {% include "_part" %}, and nothing more', 'нужно {% include "_часть" %}, и только')
            self.say(node, "include", text)
        elif name not in self.parts:
            known = ", ".join(sorted(self.parts))
            text = Told(f'no part "{name}" in this language', f"части «{name}» на этом языке нет")
            there = Told(f"; there are: {known or 'none'}", f"; есть: {known or 'ни одной'}")
            self.say(node, name, text + nearest(name, self.parts) + there)

    def _printed(self, node: nodes.Node, sure: frozenset[str], item: str | None) -> None:
        if isinstance(node, nodes.TemplateData) or (item is not None and _loop_attribute(node) == "index"):
            return
        name, used = (node.node, node.name) if isinstance(node, nodes.Filter) else (node, None)
        if not isinstance(name, nodes.Name):
            text = Told(
                "only the name of a value is printed: no text, no arithmetic, no calls, no attributes",
                "в {{ }} пишут только имя значения: без текста, счёта, вызовов и точек",
            )
            self.say(node, "{{", text)
            return
        if used is not None and used not in FILTERS:
            text = Told(f'unknown filter "{used}"', f"фильтра «{used}» нет") + nearest(used, FILTERS)
            among = ", ".join(FILTERS)
            self.say(node, used, text + Told(f"; there are: {among}", f"; есть: {among}"))
        elif isinstance(node, nodes.Filter) and (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs):
            text = Told(f"the filter {node.name} takes no arguments", f"у фильтра {node.name} не бывает скобок")
            self.say(node, node.name, text)
        elif self._known(name, item) and name.name != item:
            self._fitting(name, used, sure)

    def _fitting(self, name: nodes.Name, used: str | None, sure: frozenset[str]) -> None:
        kind = VARIABLES[name.name]
        needed = next((filter_ for filter_, fits in FILTERS.items() if fits == kind), None)
        if kind in {"list", "flag", "topics"}:
            text = Told(
                f"{name.name} is not printed as it is; it is asked for with if, a list with for",
                f"{name.name} так не печатают: о нём спрашивают через if, а список перебирают через for",
            )
            self.say(name, name.name, text)
        elif used != needed:
            written = f"{name.name} | {needed}" if needed else name.name
            self.say(name, name.name, Told(f"write {{{{ {written} }}}}", f"напишите {{{{ {written} }}}}"))
        elif name.name not in sure:
            text = Told(
                f"{name.name} may be absent: put it inside {{% if {name.name} %}}",
                f"{name.name} может не быть: поставьте внутрь {{% if {name.name} %}}",
            )
            self.say(name, name.name, text)

    def _known(self, name: nodes.Name, item: str | None) -> bool:
        if name.name in VARIABLES or name.name == item:
            return True
        text = Told(f'unknown value "{name.name}"', f"значения «{name.name}» нет") + nearest(name.name, VARIABLES)
        self.say(name, name.name, text)
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
