"""A subject and the text below it are one message, and neither's words turn the meaning of the other's."""

from mailtriage.triage.headed import headed
from mailtriage.triage.matter import matter
from mailtriage.triage.shingles import shingles_of


def test_both_tell():
    own = headed("Где перевод 1450?", "Деньги не пришли, семь тысяч двести рублей. Банк ответил отказом.")
    assert {"1450"} == own.numbers == own.mentioned
    assert "7200" in frozenset().union(*own.spoken.values())
    assert own.concepts == matter("Где перевод 1450?").concepts | matter(own.text.text).concepts
    assert own.shingles == shingles_of("Где перевод 1450?\n" + own.text.text)
    assert {deed.form for deed in own.deeds} == {"банк ответил"}


def test_places_and_sentences_are_in_order_and_of_one_text_each():
    own = headed("Возврат. Срок?", "Верните деньги. Когда?")
    places = [mention.place for mention in own.mentions]
    assert places == sorted(set(places))
    above = {mention.sentence for mention in own.mentions if mention.place < 0}
    assert above.isdisjoint(mention.sentence for mention in own.mentions if mention.place >= 0)
    assert len(own.asking) == 2


def test_a_subject_does_not_deny_the_first_word_of_the_text():
    assert headed("Без", "моего ведома списали").mentions == matter("моего ведома списали").mentions
    assert headed("", "Верните деньги.").mentions == matter("Верните деньги.").mentions
