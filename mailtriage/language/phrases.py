"""Phrases of a packaged list, each a pattern with the letters that it needs, so that most text is passed over unread.

The trap is cost: a hundred patterns over every sentence take longer than all the rest of a message. So a pattern runs
only on a sentence that holds one of its stems, or one of each group; a list that leaves the stems out does not load.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from mailtriage.language import lexicon

_NAMED = re.compile(r"<([A-Z_]+)>")
_GAP = re.compile(r"<(\d+)>")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern over one folded sentence."""

    needs: tuple[tuple[str, ...], ...]
    """Of each group one must stand in the sentence."""
    pattern: re.Pattern[str]

    def possible(self, text: str) -> bool:
        """Whether the letters are there at all."""
        return all(any(stem in text for stem in group) for group in self.needs)

    def search(self, sentence: str) -> re.Match[str] | None:
        """The first place where the phrase stands."""
        return self.pattern.search(sentence) if self.possible(sentence) else None


@cache
def phrases(name: str) -> Mapping[str, tuple[Phrase, ...]]:
    """The phrases of a list by section: `NAME = parts`, `[section]`, `stems & stems :: pattern`.

    In a pattern `<NAME>` stands for the parts, `<20>` for a gap of at most 20 characters within the sentence.
    """
    named: dict[str, str] = {}
    sections: dict[str, list[Phrase]] = {}
    section = ""
    for line in lexicon.lines(name):
        if line.startswith("["):
            section = line.strip("[]")
        elif "::" in line:
            stems, _, pattern = line.partition("::")
            needs = tuple(tuple(group.split()) for group in stems.split("&"))
            if not all(needs):
                message = f"{name}: no stems before {pattern!r}"
                raise ValueError(message)
            sections.setdefault(section, []).append(Phrase(needs, re.compile(_spelt(pattern.strip(), named))))
        else:
            word, _, parts = line.partition("=")
            named[word.strip()] = f"(?:{_spelt(parts.strip(), named)})"
    return {section: tuple(found) for section, found in sections.items()}


def _spelt(pattern: str, named: Mapping[str, str]) -> str:
    return _GAP.sub(r"[^.!?\\n]{0,\1}", _NAMED.sub(lambda name: named[name[1]], pattern))
