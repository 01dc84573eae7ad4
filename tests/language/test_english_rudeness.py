"""Rudeness in English letters is heard, and nothing else is."""

import pytest

from mailtriage.language.obscenity import find_rudeness


@pytest.mark.parametrize(
    "text",
    [
        "Answer me, you fucking clowns",
        "Fuck your rules",
        "f**k this, give me my money",
        "This is bullshit",
        "Your service is shit.",
        "You motherf*ckers stole my bet",
        "ASSHOLES!!!",
        "Деньги верните, fucking support",
        "Where is my fcking withdrawal, Oleg Petrov, order 4411",
        "What the f*** is going on with my card",
        "F U C K your bank",
    ],
)
def test_obscenity_is_found(text: str) -> None:
    assert find_rudeness(text).obscenities


@pytest.mark.parametrize(
    "text",
    [
        "You are all idiots, answer me",
        "Your support are a bunch of morons",
        "Give my money back, you stupid bastards",
        "Where is my money? Idiots!",
        "Go to hell with your checks",
        "You worthless pieces of trash, pay me",
        "Bunch of morons, where is my withdrawal",
        "You pathetic pieces of garbage",
        "The operator is a stupid cow",
        "Are you people retarded? It is the third letter",
        "I hope you all rot",
    ],
)
def test_insults_of_the_staff_are_found(text: str) -> None:
    assert find_rudeness(text).insults


@pytest.mark.parametrize("text", ["I will kill you all", "I know where you work", "I'm going to burn your office"])
def test_threats_are_found(text: str) -> None:
    assert find_rudeness(text).threats


@pytest.mark.parametrize(
    "text",
    [
        "I feel like an idiot, I sent it to the wrong wallet",
        "Some idiot hacked my account, please block it",
        "The scammers are bastards, but your operator was kind",
        "I live in Scunthorpe, postcode DN15",
        "The cocktail bar Classic Assets, Dick Smith Street 5, Hitchin",
        "I will kill the subscription if this happens again",
        "It was a stupid mistake of mine",
        "Is it a dumb idea to add a dark mode?",
        "The trash bin icon is gone, this is a damn slow app",
        "Card holder: IVAN F***, last digits 4411",
        "A piece of advice: let us hide the balance",
        "A bunch of payments is missing, are you people there?",
        "I hope you can help",
        "You have sold me two pieces of dirt cheap merch",
        "This is outrageous and I will complain to the central bank",
        "You are in breach of the contract, I will see you in court",
        "Is it a shift of the deadline? My shirt number is 12",
        "He wrote to me: «fuck off, your money is gone»",
    ],
)
def test_civil_letters_are_not_rude(text: str) -> None:
    rudeness = find_rudeness(text)
    assert (rudeness.obscenities, rudeness.insults, rudeness.threats) == ((), (), ())
