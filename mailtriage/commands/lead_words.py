"""The leads' words, where the commands look for them; they stand lower, for reports by mail use them, too."""

from mailtriage.lead_words import (
    CATEGORIES,
    DEEDS,
    LINKS,
    PROBLEMS,
    REASONS,
    SILENCES,
    SOURCES,
    STATUSES,
    VERDICTS,
    Tally,
    category_words,
    clean,
    tally,
    verdict_words,
    visible,
)

__all__ = [
    "CATEGORIES",
    "DEEDS",
    "LINKS",
    "PROBLEMS",
    "REASONS",
    "SILENCES",
    "SOURCES",
    "STATUSES",
    "VERDICTS",
    "Tally",
    "category_words",
    "clean",
    "tally",
    "verdict_words",
    "visible",
]
