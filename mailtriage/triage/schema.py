"""JSON Schema (2020-12) of the files that leads edit, made from the language itself: an editor completes and checks.

The trap is the schema that is kept by hand: it would refuse an operator that rules may use, or offer one that is gone.
What no schema can tell (whether a list exists, whether a word is a word) is left to `mailtriage check`.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from mailtriage.reply.documents import DOCUMENTS, TOPICS
from mailtriage.triage.consequence import CONSEQUENCES
from mailtriage.triage.decision import CATEGORIES, QUEUES
from mailtriage.triage.facts import FIELDS, FactField
from mailtriage.triage.operators import OPERATORS, fits
from mailtriage.triage.rule_reader import RULE_KEYS, RULE_NAME
from mailtriage.triage.then import DECISIONS, MAX_PASSAGE, NAME, PRIORITIES, REASONS

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_DAY: Final = r"^\d{4}-\d{2}-\d{2}$"


def as_text(schema: Schema) -> str:
    """As it is shipped beside the rules."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def rules_schema() -> Schema:
    """Of a rule file."""
    return {
        "$schema": DIALECT,
        "title": "Правила mailtriage",
        "description": "Список правил. Решает первое сработавшее правило, у которого в then стоит решение.",
        "type": ["array", "null"],
        "items": {"$ref": "#/$defs/rule"},
        "$defs": {
            "rule": _rule(),
            "condition": _condition(),
            "then": _then(),
            "example": _example(),
            "name": {"type": "string", "pattern": f"^{NAME}$"},
            **_operands(),
        },
    }


def list_schema() -> Schema:
    """Of a file in lists/."""
    word = {
        "description": "Слово, начало слова со звёздочкой (блокир*) или оборот.",
        "type": ["string", "integer"],
        "pattern": r"^\s*[^$\s]",
    }
    return {
        "$schema": DIALECT,
        "title": "Список слов mailtriage",
        "description": "Слова, на которые правила ссылаются по имени файла: $banks — это lists/banks.yaml.",
        "type": "array",
        "minItems": 1,
        "items": word,
    }


def _rule() -> Schema:
    described = {key: {"description": sentence} for key, sentence in RULE_KEYS.items()}
    sentence: Schema = {"type": "string", "minLength": 1}
    shapes: Mapping[str, Schema] = {
        "rule": {"type": "string", "pattern": f"^{RULE_NAME}$"},
        "title": sentence,
        "description": sentence,
        "owner": sentence,
        "enabled": {"type": "boolean"},
        "from": {"$ref": "#/$defs/day"},
        "until": {"$ref": "#/$defs/day"},
        "replaces": {"type": "string", "pattern": f"^{RULE_NAME}$"},
        "when": {"$ref": "#/$defs/condition"},
        "unless": {"$ref": "#/$defs/condition"},
        "then": {"$ref": "#/$defs/then"},
        "examples": {"type": ["array", "null"], "items": {"$ref": "#/$defs/example"}},
    }
    return {
        "type": "object",
        "required": ["rule", "title", "when", "then"],
        "additionalProperties": False,
        "properties": {key: described[key] | shapes[key] for key in RULE_KEYS},
    }


def _condition() -> Schema:
    joined = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/condition"}}
    properties: Schema = {
        "all": {"description": "Должны выполниться все условия списка.", **joined},
        "any": {"description": "Хватит одного условия списка.", **joined},
        "not": {"description": "Условие не должно выполниться.", "$ref": "#/$defs/condition"},
        "always": {"description": "Для любого письма.", "const": True},
    }
    for fact in FIELDS.values():
        properties[fact.name] = _question(fact, "is", fact.sentence)
        for operator, (_, sentence) in OPERATORS.items():
            if fits(fact, operator):
                told = f"{fact.sentence} Оператор {operator} — {sentence}."
                properties[f"{fact.name}|{operator}"] = _question(fact, operator, told)
    mapping = {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": properties}
    return {
        "description": "Условия в фигурных скобках — должны выполниться все; списком — хватит одного.",
        "anyOf": [mapping, joined],
    }


def _question(fact: FactField, operator: str, description: str) -> Schema:
    """The value of `fact|operator`."""
    shape = _ANY_FACT.get(operator) or _OF_KIND[fact.kind]
    if operator in {"in", "any_in"}:
        return {"description": description, "anyOf": [_array(_item(fact)), {"$ref": "#/$defs/list"}]}
    if fact.kind == "choice" and operator != "exists":
        return {"description": description, **_one_or_more(_item(fact))}
    return {"description": description, "$ref": f"#/$defs/{shape}"}


_ANY_FACT: Final[Mapping[str, str]] = {
    "exists": "flag",
    **dict.fromkeys(("lt", "lte", "gt", "gte"), "number"),
    **dict.fromkeys(("before", "after"), "limit"),
    "phrase": "phrase",
    "similar": "similar",
}
"""What stands on the right of an operator whatever the fact."""
_OF_KIND: Final[Mapping[str, str]] = {
    "text": "texts",
    "list": "texts",
    "choice": "choice",
    "number": "numbers",
    "flag": "flags",
    "date": "days",
}
"""What a fact of that kind is compared with."""


def _operands() -> Schema:
    """What may stand on the right of a question, by name."""
    text: Schema = {"$ref": "#/$defs/text"}
    gap = {
        "description": "Сколько других слов может стоять между соседними.",
        "type": "integer",
        "minimum": 0,
        "maximum": 30,
    }
    spaced = {
        "type": "object",
        "required": ["words"],
        "additionalProperties": False,
        "properties": {"words": {"$ref": "#/$defs/texts"}, "gap": gap},
    }
    return {
        "text": {"type": ["string", "integer"], "minLength": 1},
        "texts": _one_or_more(text),
        "flag": {"type": "boolean"},
        "flags": _one_or_more({"type": "boolean"}),
        "number": {"type": "number"},
        "numbers": _one_or_more({"type": "number"}),
        "day": {"type": "string", "pattern": _DAY},
        "days": _one_or_more({"$ref": "#/$defs/day"}),
        "limit": {"type": "string", "pattern": r"^(\d{4}-\d{2}-\d{2}|[+-]\d{1,5}d)$"},
        "list": {"type": "string", "pattern": r"^\$[A-Za-z0-9_-]+$"},
        "phrase": {"anyOf": [text, _array(text), spaced]},
        "similar": _one_or_more({**text, "pattern": r"^[^*]*$"}),
    }


def _item(fact: FactField) -> Schema:
    """One value that a fact is compared with."""
    if fact.kind == "choice":
        return {"anyOf": [{"enum": list(fact.choices)}, {"$ref": "#/$defs/list"}]}
    return {"$ref": f"#/$defs/{_OF_KIND[fact.kind].removesuffix('s')}"}


def _then() -> Schema:
    flag: Schema = {"type": "boolean"}
    name: Schema = {"$ref": "#/$defs/name"}
    queues = sorted(QUEUES.values())
    passage: Schema = {"type": "string", "minLength": 1, "maxLength": MAX_PASSAGE, "pattern": "^[^{}<>]*$"}
    of_languages: Schema = {"properties": {"ru": passage, "en": passage}, "additionalProperties": False}
    shapes: Mapping[str, Schema] = {
        "accept": {"const": True},
        "reject": {"enum": list(REASONS["reject"])},
        "skip": {"enum": list(REASONS["skip"])},
        "hold": name,
        "category": {"enum": list(CATEGORIES)},
        "weight": {"type": "number"},
        "topic": _one_or_more({"enum": sorted(TOPICS)}),
        "queue": {"examples": queues, **name},
        "documents": _one_or_more({"enum": sorted(DOCUMENTS)}),
        "counterparty": flag,
        "several_tasks": flag,
        "priority": {"enum": list(PRIORITIES)},
        "tag": _one_or_more(name),
        "reply": name,
        "say": {"anyOf": [passage, {"type": "object", "minProperties": 1, **of_languages}]},
        "forward": _one_or_more(name),
        "decision": {"enum": list(DECISIONS)},
    }
    verdicts = ("accept", "reject", "skip", "hold")
    return {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {
            key: {"description": consequence.sentence, **shapes[key]} for key, consequence in CONSEQUENCES.items()
        },
        "dependentSchemas": {"weight": {"anyOf": [{"required": ["category"]}, {"required": ["topic"]}]}},
        "allOf": [
            {"not": {"required": [one, other]}} for at, one in enumerate(verdicts) for other in verdicts[at + 1 :]
        ],
    }


def _example() -> Schema:
    facts = {fact.name: {"description": fact.sentence, **_given(fact)} for fact in FIELDS.values()}
    letter: Schema = {
        "anyOf": [
            {"type": "string", "minLength": 1},
            {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": facts},
        ]
    }
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {
            "match": {"description": "Письмо, на котором правило должно сработать.", **letter},
            "miss": {"description": "Письмо, на котором правило не должно сработать.", **letter},
        },
    }


def _given(fact: FactField) -> Schema:
    """A fact as an example gives it."""
    shapes: Mapping[str, Schema] = {
        "text": {"type": "string"},
        "list": {"type": "array", "items": {"type": "string"}},
        "choice": {"enum": [*fact.choices]},
        "number": {"type": "number"},
        "flag": {"type": "boolean"},
        "date": {"$ref": "#/$defs/day"},
    }
    shape = shapes[fact.kind]
    return {"anyOf": [shape, {"type": "null"}]} if fact.nullable else shape


def _one_or_more(item: Schema) -> Schema:
    return {"anyOf": [item, _array(item)]}


def _array(item: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": item}
