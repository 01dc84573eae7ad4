"""Puts values into a template: a walk over its tree, which holds the few kinds of nodes that `subset` lets through.

Jinja would make a program of each template, which its sandbox then watches at every step; here nothing is carried out
that a template could misuse, and a letter costs half as much. The trap is a node of another kind, which would be left
out of a letter without a word: it is refused when the template is loaded.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import nodes

Values = Mapping[str, Any]
"""By name; within a loop also that of its item, and what is asked of `loop`, as "loop.first"."""
Fill = Callable[[Values], str]
_Ask = Callable[[Values], Any]


def filling(body: Iterable[nodes.Node], parts: Mapping[str, Fill], filters: Mapping[str, Callable[[Any], str]]) -> Fill:
    """What makes a text of a checked template's nodes; `parts` are those that it may include, by name.

    Raises:
        ValueError: a node is of no kind that a checked template has.
    """
    pieces = [piece for node in body for piece in _statement(node, parts, filters)]
    return lambda values: "".join([piece if isinstance(piece, str) else piece(values) for piece in pieces])


def _statement(
    node: nodes.Node, parts: Mapping[str, Fill], filters: Mapping[str, Callable[[Any], str]]
) -> list[str | Fill]:
    match node:
        case nodes.Output():
            return [_printed(child, filters) for child in node.nodes]
        case nodes.If():
            return [_chosen(node, lambda body: filling(body, parts, filters))]
        case nodes.For(target=nodes.Name(name=item), iter=nodes.Name(name=name)):
            return [_repeated(name, item, filling(node.body, parts, filters), filling(node.else_, parts, filters))]
        case nodes.Include(template=nodes.Const(value=part)):
            return [parts[part]]
    raise _unknown(node)


def _printed(node: nodes.Node, filters: Mapping[str, Callable[[Any], str]]) -> str | Fill:
    match node:
        case nodes.TemplateData(data=text):
            return str(text)
        case nodes.Filter(node=nodes.Name(name=name), name=used):
            put = filters[used]
            return lambda values: put(values[name])
        case nodes.Name() | nodes.Getattr():
            asked = _asked(node)
            return lambda values: str(asked(values))
    raise _unknown(node)


def _chosen(node: nodes.If, of: Callable[[Iterable[nodes.Node]], Fill]) -> Fill:
    branches = [(_asked(branch.test), of(branch.body)) for branch in (node, *node.elif_)]
    otherwise = of(node.else_)

    def fill(values: Values) -> str:
        for holds, branch in branches:
            if holds(values):
                return branch(values)
        return otherwise(values)

    return fill


def _repeated(name: str, item: str, each: Fill, otherwise: Fill) -> Fill:
    def fill(values: Values) -> str:
        found = values[name]
        if not found:
            return otherwise(values)
        return "".join(
            each({**values, item: value, "loop.index": at, "loop.first": at == 1, "loop.last": at == len(found)})
            for at, value in enumerate(found, 1)
        )

    return fill


def _asked(node: nodes.Node) -> _Ask:
    match node:
        case nodes.Name(name=name):
            return lambda values: values[name]
        case nodes.Getattr(node=nodes.Name(name="loop"), attr=attribute):
            return lambda values: values[f"loop.{attribute}"]
        case nodes.Not(node=inner):
            test = _asked(inner)
            return lambda values: not test(values)
        case nodes.And(left=left, right=right):
            one, other = _asked(left), _asked(right)
            return lambda values: one(values) and other(values)
        case nodes.Or(left=left, right=right):
            one, other = _asked(left), _asked(right)
            return lambda values: one(values) or other(values)
        case nodes.Compare(expr=nodes.Const(value=topic), ops=[nodes.Operand(op=operator, expr=nodes.Name(name=name))]):
            wanted = operator == "in"
            return lambda values: (topic in values[name]) is wanted
    raise _unknown(node)


def _unknown(node: nodes.Node) -> ValueError:
    return ValueError(f"a checked template has no {type(node).__name__} here")
