"""What a letter of support does to its conversation: whether it tells the final decision.

The trap is the letter that only speaks of a decision: "окончательное решение сообщим позже" must not close a customer's
matter, for whatever he writes after it would be turned away. So the words are rules with examples (rules/outgoing/),
they are looked for in support's own words alone, and the header of a mail client that can set one outweighs them.
"""

from typing import Final

from mailtriage.mail.message import Message
from mailtriage.triage.decision import holds, out_of_force
from mailtriage.triage.facts import Facts
from mailtriage.triage.ruleset import Ruleset

DECISION_HEADER: Final = "x-mailtriage-decision"
"""Support sets it to "final" where its mail client can; any other value says that nothing was decided."""


def final_because(message: Message, facts: Facts, ruleset: Ruleset) -> tuple[str, ...]:
    """Why a letter of support is a final decision, in words: the header, or the first rule with its evidence.

    Empty where it is none.
    """
    marked = message.own_headers.get(DECISION_HEADER)
    if marked is not None:
        return ("X-Mailtriage-Decision: final",) if marked.strip().lower() == "final" else ()
    for rule in ruleset.outgoing:
        if rule.then.decision == "final" and not out_of_force(rule, facts):
            held, evidence, _ = holds(rule, facts)
            if held:
                return (rule.name, *evidence)
    return ()
