"""What deciding costs: `python tests/bench/deciding.py [--rules FOLDER] [--sizes 10,100,500,2000]`, and how it grows.

The rules are the shipped ones again and again, each time with other words of the dictionary, or a rule would be met by
no text or by every one. The letters are of three kinds: single ones (those of the demo as they are), mails (the same,
strung together to 30 to 150 words, so about several matters at once), and dense ones, the rules' own examples strung
together to 50 to 400 words that every second rule speaks about.
Processor time, every message new to the program: what a text's words cost (once a message, however many rules) stands
apart from what the rules cost. The trap is the warm cache: forms that were met before are cached in real life too,
texts are not.
"""

import argparse
import gc
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from mailtriage.demo.samples import load_samples
from mailtriage.language.tenor import asked_in, said
from mailtriage.language.words import morphology, words
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import read as read_message
from mailtriage.triage.decision import decide, holds
from mailtriage.triage.facts import Facts
from mailtriage.triage.leaves import searchable
from mailtriage.triage.ruleset import Ruleset, load_ruleset
from mailtriage.triage.wording import wording

_DENSE = (50, 100, 200, 400)
_MAILS = (30, 60, 100, 150)
_LETTERS = 40
"""Of each length in words."""
_WORDED = ("words", "phrase", "similar", "contains", "matches")
_DICTIONARY_WORDS = 20_000
_SPOKEN_ONE_IN = 20
"""A word of a varied rule is one that the letters use: rules on other matters share some with the shipped ones."""
_MEANINGFUL = 5
_MATTERS = 4
"""Rules whose examples a letter is made of."""
_STARTS = ("пере", "зав", "кот", "мол", "нос", "сто", "вид")
"""Of the dictionary's words that the rules are varied by; all four million forms would take minutes."""


class Variety:
    """The shipped rules with other words."""

    def __init__(self, folder: Path) -> None:
        self.texts = {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*.yaml"))}
        read = {name: yaml.safe_load(text) for name, text in self.texts.items()}
        self.lists = {Path(name).stem: value for name, value in read.items() if name.startswith("lists/")}
        self.rules = [rule for name, value in read.items() if "/" not in name for rule in value]
        self.matters = [texts for rule in self.rules if (texts := list(_matching(rule)))]
        self.sentences = [text for texts in self.matters for text in texts]
        # Reproducible figures are wanted, not secrets.
        self.chance = random.Random(1)  # noqa: S311 - as said above
        every = sorted(
            {
                each.word
                for start in _STARTS
                for each in morphology().iter_known_word_parses(start)
                if each.word.isalpha()
            }
        )
        self.vocabulary = self.chance.sample(every, min(_DICTIONARY_WORDS, len(every)))
        spoken = {word.form for text in self.sentences for word in words(text) if len(word.form) >= _MEANINGFUL}
        self.vocabulary += self.chance.choices(sorted(spoken), k=_DICTIONARY_WORDS // _SPOKEN_ONE_IN)

    def ruleset(self, size: int) -> Ruleset:
        """So many rules, the shipped ones as they are among them."""
        files: dict[str, str] = {}
        rules: list[dict[str, Any]] = []
        lists: dict[str, list[Any]] = {}
        for at in range(size):
            copy, shipped = divmod(at, len(self.rules))
            rules.append(self._rule(self.rules[shipped], copy))
        for copy in range(1 + (size - 1) // len(self.rules)):
            lists |= {
                _named(name, copy): [self._word(item, copy) for item in items] for name, items in self.lists.items()
            }
        files["10.yaml"] = json.dumps(rules, ensure_ascii=False)
        files |= {f"lists/{name}.yaml": json.dumps(items, ensure_ascii=False) for name, items in lists.items()}
        return load_ruleset(files)

    def dense(self) -> list[Facts]:
        """Letters on a few matters, in the words of the rules' own examples."""
        few = (self.chance.sample(self.matters, _MATTERS) for _ in range(_LETTERS * len(_DENSE)))
        sentences = ([text for texts in matters for text in texts] for matters in few)
        return [self._letter(each, length) for each, length in zip(sentences, _DENSE * _LETTERS, strict=True)]

    def single(self) -> list[Facts]:
        """Letters as customers write them, each about its own matter."""
        return [_facts(text) for text in _texts()]

    def mails(self) -> list[Facts]:
        """The same, strung together until they are as long as the longest."""
        texts = _texts()
        return [self._letter(texts, length) for length in _MAILS * _LETTERS]

    def _letter(self, texts: list[str], length: int) -> Facts:
        text: list[str] = []
        while len(text) < length:
            text += self.chance.choice(texts).split(" ")
        return _facts(" ".join(text[:length]))

    def _rule(self, rule: dict[str, Any], copy: int) -> dict[str, Any]:
        varied = {key: value for key, value in rule.items() if key not in {"examples", "replaces"}}
        for key in ("when", "unless"):
            if key in varied:
                varied[key] = self._condition(varied[key], copy)
        return varied | {"rule": _named(rule["rule"], copy)}

    def _condition(self, value: Any, copy: int, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self._condition(each, copy, name) for name, each in value.items()}
        if isinstance(value, list):
            return [self._condition(each, copy, key) for each in value]
        return self._word(value, copy) if key.partition("|")[2] in _WORDED else value

    def _word(self, written: Any, copy: int) -> Any:
        if not copy:
            return written
        if str(written).startswith("$"):
            return _named(str(written), copy)
        return " ".join(
            (self.chance.choice(self.vocabulary)[:-2] or "при") + "*"
            if piece.endswith("*")
            else self.chance.choice(self.vocabulary)
            for piece in str(written).split()
        )


def _texts() -> list[str]:
    """What people wrote in the mail of the demo."""
    options = ReadOptions(own_addresses=("support@example.org",))
    read = (read_message(sample.octets, options) for sample in load_samples(datetime.now(UTC)))
    return [each.readable_text for each in read if each.message.automatic.kind is None and each.readable_text.strip()]


def _named(name: str, copy: int) -> str:
    return f"{name}-{copy}" if copy else name


def _matching(rule: dict[str, Any]) -> Iterator[str]:
    for example in rule.get("examples", ()):
        given = example.get("match")
        if isinstance(given, str):
            yield given


def _spent(action: Callable[[], object]) -> float:
    began = time.process_time()
    action()
    return 1000 * (time.process_time() - began)


def _at(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _walk(facts: Facts, ruleset: Ruleset) -> None:
    for rule in ruleset.rules:
        holds(rule, facts)


def _prepare(facts: Facts) -> None:
    for text in (facts.text, facts.said, facts.asked):
        _ = wording(text).sentences


def _row(kind: str, ruleset: Ruleset, letters: list[Facts]) -> str:
    for facts in letters:
        decide(facts, ruleset)
    # The collector would look through all the rules made so far, in the midst of one message.
    gc.collect()
    gc.freeze()
    preparing, deciding, plain, asked = [], [], [], []
    for facts in letters:
        wording.cache_clear()
        searchable.cache_clear()
        preparing.append(_spent(partial(_prepare, facts)))
        deciding.append(_spent(partial(decide, facts, ruleset)))
        plain.append(_spent(partial(_walk, facts, ruleset)))
        asked.append(float(len(ruleset.index.inquire(facts).candidates)))
    both = [one + other for one, other in zip(preparing, deciding, strict=True)]
    figures = (
        _at(preparing, 0.5), _at(preparing, 0.95), _at(deciding, 0.5), _at(deciding, 0.95), max(deciding),
        _at(both, 0.5), _at(both, 0.95), _at(plain, 0.5),
    )  # fmt: skip
    return f"{kind:>6}{len(ruleset.rules):7}{_at(asked, 0.5):7.0f}" + "".join(f"{figure:9.2f}" for figure in figures)


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rules", type=Path, default=Path(__file__).parents[2] / "rules")
    parser.add_argument("--sizes", default="10,100,500,2000")
    arguments = parser.parse_args()
    variety = Variety(arguments.rules)
    kinds = {"single": variety.single(), "mails": variety.mails(), "dense": variety.dense()}
    heads = ("words", "p95", "decide", "p95", "max", "both", "p95", "plain")
    # It is a command, and the table is its answer.
    sys.stdout.write(f"{'':6}{'rules':>7}{'asked':>7}" + "".join(f"{head:>9}" for head in heads) + "\n")
    for size in map(int, arguments.sizes.split(",")):
        ruleset = variety.ruleset(size)
        indexing = _spent(lambda: ruleset.index)  # noqa: B023 - called at once
        for kind, letters in kinds.items():
            sys.stdout.write(_row(kind, ruleset, letters) + "\n")
            sys.stdout.flush()
        sys.stdout.write(f"{'index':>6}{size:7}{indexing:7.0f}\n")
    additions = _spent(lambda: sum(range(1_000_000)))
    sys.stdout.write(
        f"milliseconds of one processor, on which a million additions take {additions:.1f}; "
        f"{len(kinds['single'])} single letters, {len(kinds['mails'])} mails of {_MAILS[0]} to {_MAILS[-1]} words, "
        f"{len(kinds['dense'])} dense letters of {_DENSE[0]} to {_DENSE[-1]}\n"
    )


def _facts(text: str) -> Facts:
    subject = "Обращение"
    return Facts(subject=subject, text=text, said=said(subject, text, ""), asked=asked_in(subject, text, ""))


if __name__ == "__main__":
    main()
