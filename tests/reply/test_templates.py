"""What a template may say, and what the shipped ones say in every combination of facts."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
import pytest

from mailtriage.errors import Problems
from mailtriage.reply.documents import DOCUMENTS, TOPICS
from mailtriage.reply.draft import Draft
from mailtriage.reply.templates import LANGUAGES, SHIPPED, Templates, load_templates
from mailtriage.reply.wording import WIDTH, flowed, glued, long_date, tidy, working_days, wrapped

FOLDER = Path(__file__).parents[2] / "config" / "replies"
GOOD = "Subject: Тема\n\n"


@pytest.fixture(scope="module")
def shipped() -> Templates:
    return load_templates({str(path): path.read_text(encoding="utf-8") for path in FOLDER.glob("*.j2")})


def problem(text: str, **parts: str) -> str:
    files = {f"{name}.ru.j2": part for name, part in parts.items()}
    with pytest.raises(Problems) as caught:
        load_templates(files | {"ack.ru.j2": GOOD + text})
    return str(caught.value)


def test_every_shipped_template_stands_in_both_languages(shipped: Templates) -> None:
    assert shipped.missing() == ()
    assert shipped.names == SHIPPED
    assert [str(found) for found in shipped.missing(["ack-clam"])] == [
        'ack-clam.ru.j2: this template is missing (did you mean "ack-claim"?)',
        'ack-clam.en.j2: this template is missing (did you mean "ack-claim"?)',
    ]


DUE, REGISTERED, NUMBER = date(2026, 12, 14), date(2026, 12, 7), "26-000123"
WHY = ("Первая причина.", "Вторая причина.")


def every_combination(template: str, language: str) -> Iterator[Draft]:
    bare = Draft(template, "a@mail.example", language)
    facts: dict[str, tuple[Any, ...]] = {
        "number": (None, NUMBER),
        "registered_on": (None, REGISTERED),
        "due": (None, DUE),
        "working_days": (None, 0, 21),
        "why_due": ((), WHY),
        "documents": ((), ("receipt",), ("receipt", "statement", "passport")),
        "follow_up": (False, True),
        "overdue": (False, True),
    }
    for values in itertools.product(*facts.values()):
        yield replace(bare, **dict(zip(facts, values, strict=True)))
    full = replace(bare, number=NUMBER, registered_on=REGISTERED, due=DUE, working_days=5, why_due=WHY)
    for about in (*((topic,) for topic in TOPICS), ("fraud", "refund"), tuple(TOPICS)):
        for known in (bare, full, replace(full, overdue=True)):
            yield replace(known, topics=about)
            yield replace(known, topics=about, requests=about, documents=tuple(DOCUMENTS), says=("Слова правила.",))


def registered_draft(template: str, language: str) -> Draft:
    return Draft(
        template,
        "a@mail.example",
        language,
        number="26-000123",
        registered_on=date(2026, 12, 7),
        due=date(2026, 12, 14),
    )


FLAWS = re.compile(
    r"None|\{|\}|\n\n\n| {2}| [.,;:)]|\.\.|[,;:]\.|\(\)|:\n\n|:$|—\s*[;.\n]|№ *[.,)\n]|;\n(?!— )"
    r"|^\n| \n|[\"„“]| - |\bno\. *[.,)]"
)
SIGNED = {
    "ru": "\n\nС уважением,\nСлужба поддержки Первого ЦУПИС",
    "en": "\n\nKind regards,\nFirst CUPIS Support",
}
PROMISED = re.compile(r"не позднее|no later than")
PAST = re.compile(r"зарегистрир|registered", re.IGNORECASE)
"""Mail of an evening is registered on a day to come: its letter must not tell of that day as of one that was."""
SEVERAL = re.compile(r"чего-то у вас нет|all of it, send")
NUMBERLESS = frozenset({"reject-unreadable", "reject-anonymous", "reject-abusive"})
"""What they reject is no registered matter."""


def unfinished(text: str, language: str) -> list[str]:
    """Lines that are no whole sentences, items or lead-ins; those of the greeting and signature are left out."""
    lines = text.removesuffix(SIGNED[language]).splitlines()[2:]
    return [line for line in lines if line and not re.fullmatch(r"(?:— \S.*[;.]|[А-ЯЁA-Z].*[.:])", line)]


@pytest.mark.parametrize("template", sorted(SHIPPED))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_letter_reads_well_in_every_combination(shipped: Templates, template: str, language: str) -> None:
    for draft in every_combination(template, language):
        subject, text = shipped.render(draft)
        assert subject
        found = FLAWS.search(text)
        assert found is None, f"{found!r} in:\n{text}"
        assert text.endswith(SIGNED[language])
        assert not unfinished(text, language), text
        promised = len(PROMISED.findall(text))
        assert promised == text.count(long_date(DUE, language)), text
        assert promised <= (draft.due is not None and not draft.overdue), text
        assert text.count(NUMBER) == (draft.number is not None and template not in NUMBERLESS), text
        assert text.count(long_date(REGISTERED, language)) <= (draft.registered_on is not None)
        assert not PAST.search(text), text
        assert bool(SEVERAL.search(text)) <= (len(draft.documents) > 1), text
        paragraphs = [part for part in text.split("\n") if part]
        assert len(set(paragraphs)) == len(paragraphs), text
        assert max(map(len, wrapped(text).splitlines())) <= WIDTH


def test_advice_follows_the_topic_and_the_urgent_one_comes_first(shipped: Templates) -> None:
    for category in ("ack", "ack-claim", "ack-consultation", "ack-account_status", "ack-proposal"):
        for language in LANGUAGES:
            plain = shipped.render(Draft(category, "a@mail.example", language))[1]
            bank = "свой банк" if language == "ru" else "your bank"
            urgent = shipped.render(Draft(category, "", language, topics=("fraud", "refund")))[1]
            assert bank in urgent.split("\n\n")[2]
            assert bank not in plain
            other = shipped.render(Draft(category, "", language, topics=("other_centre",)))[1]
            assert "8-800-200-62-25" in other
            advised = {shipped.render(Draft(category, "", language, topics=(topic,)))[1] for topic in TOPICS}
            assert len(advised) >= 13


@pytest.mark.parametrize("template", sorted(SHIPPED))
def test_a_shipped_letter_tells_what_it_must(shipped: Templates, template: str) -> None:
    for language in LANGUAGES:
        _, text = shipped.render(registered_draft(template, language))
        assert "8 800 100-40-88" in text or "8-800-200-62-25" in text
        assert ("автоматически" if language == "ru" else "automatically") in text
        if not template.startswith("reject"):
            assert "26-000123" in text
            assert long_date(date(2026, 12, 14), language) in text


def test_a_pending_repeat_is_told_number_registration_and_due_and_an_overdue_one_is_admitted(
    shipped: Templates,
) -> None:
    _, text = shipped.render(registered_draft("reject-repeat", "ru"))
    assert "26-000123" in text
    assert "7 декабря 2026 года" in text
    assert "14 декабря 2026 года" in text
    _, late = shipped.render(replace(registered_draft("reject-repeat", "ru"), overdue=True))
    assert "просим за это прощения" in late


def test_a_standing_promise_is_repeated_by_its_date_alone_and_a_broken_one_never(shipped: Templates) -> None:
    draft = Draft("follow-up", "a@mail.example", "ru", due=date(2026, 12, 14), working_days=5, follow_up=True)
    _, text = shipped.render(draft)
    assert "Ответим не позднее 14 декабря 2026 года.\n" in text
    _, late = shipped.render(replace(draft, overdue=True))
    assert "просим за это прощения" in late
    assert "14 декабря" not in late


def test_documents_are_told_in_words_and_unknown_keys_are_left_out(shipped: Templates) -> None:
    asked = ("receipt", "no such key", "receipt", "statement")
    _, text = shipped.render(Draft("ack-claim", "a@mail.example", "ru", documents=asked))
    assert "— чек или квитанцию об оплате;\n— выписку банка с этой операцией.\n" in text
    assert "no such key" not in text
    _, without = shipped.render(Draft("ack-claim", "a@mail.example", "ru", documents=("no such key",)))
    assert "пришлите" not in without


@pytest.mark.parametrize(
    "text",
    [
        "{% if says %}{% for s in says %}{{ loop.index }}: {{ s }}{% if loop.last %}.{%endif%}{% endfor %}{% endif %}",
        "{% for why in why_due %}{% if loop.first %}Потому: {% endif %}{{ why }} {% else %}Без причин.{% endfor %}",
        "{% if not due and (number or overdue) %}А{% elif due and not overdue %}Б{% else %}В{% endif %}",
        '{% if "refund" not in topics %}Не о возврате. {% endif %}{% if "refund" in topics %}О возврате.{% endif %}',
        "  {# заметка #}\n{% if follow_up %}\nСнова\n{% endif %}\n  {%- if number %} № {{ number }}{% endif %} <&>\n",
        '{% include "_part" %} и {% include "_part" %}',
    ],
)
def test_a_letter_is_what_jinja_makes_of_its_template(text: str) -> None:
    part = "{% if requests %}{% for one in requests %}{{ one }}, {% endfor %}{% endif %}часть\n"
    ours = load_templates({"ack.ru.j2": GOOD + "Письмо.\n" + text, "_part.ru.j2": part})
    theirs = jinja2.Environment(  # noqa: S701 - plain text
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, loader=jinja2.DictLoader({"_part": part})
    ).from_string("\n\nПисьмо.\n" + text)
    drafts = list(itertools.islice(every_combination("ack", "ru"), 0, None, 7))
    assert len({ours.render(draft) for draft in drafts}) > 1
    for draft in drafts:
        words = {"requests": [TOPICS[key].ru for key in draft.requests][:12]}
        known = {**vars(draft), "working_days": draft.working_days or None, **words}
        assert ours.render(draft)[1] == tidy(theirs.render(known))


def test_an_unknown_language_or_template_falls_back_to_words_that_exist(shipped: Templates) -> None:
    assert shipped.render(Draft("no-such", "a@mail.example", "de")) == shipped.render(Draft("ack", "", "ru"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ numbr }}", 'ack.ru.j2:3:4: unknown value "numbr" (did you mean "number"?)'),
        ("{{ number }}", "ack.ru.j2:3:4: number may be absent: put it inside {% if number %}"),
        ("{% if due %}{{ number }}{% endif %}", "number may be absent"),
        ("{% if due or number %}{{ number }}{% endif %}", "number may be absent"),
        ("{% if number %}да{% else %}{{ number }}{% endif %}", "number may be absent"),
        ("{% if due %}{{ due }}{% endif %}", "write {{ due | date }}"),
        ("{% if number %}{{ number | date }}{% endif %}", "write {{ number }}"),
        ("{% if due %}{{ due | dat }}{% endif %}", 'unknown filter "dat" (did you mean "date"?)'),
        ("{{ documents }}", "documents is not printed as it is"),
        ("{{ 'a' * 1000000000 }}", "only the name of a value is printed"),
        ("{{ ''.__class__.__mro__ }}", "only the name of a value is printed"),
        ("{{ range(9) }}", "only the name of a value is printed"),
        ("{{ number[0] }}", "only the name of a value is printed"),
        ("{% set x = 1 %}", "assign is not used in templates"),
        ("{% for n in number %}{% endfor %}", "for goes over says, why_due, documents, requests alone"),
        ("{% for d in documents %}{{ d }}{% endfor %}", "put this inside {% if documents %}"),
        ("{% for w in why_due %}{% for x in why_due %}{% endfor %}{% endfor %}", "a loop inside a loop"),
        ("{% for w in why_due recursive %}{% endfor %}", "expected {% for name in list %}"),
        ("{% if working_days > 3 %}{% endif %}", "values are not compared here"),
        ('{% if "refnd" in topics %}{% endif %}', 'unknown topic "refnd" (did you mean "refund"?)'),
        ('{% include "_contcts" %}', 'no part "_contcts" in this language (did you mean "_contacts"?)'),
        ('{% include "_contacts" ignore missing %}', "and nothing more"),
        ('{% for w in why_due %}{% include "_contacts" %}{% endfor %}', "included outside of any for"),
        ('{% include "_contacts" %}' * 31, "at most 30"),
        ("{% macro x() %}{% endmacro %}", "macro is not used in templates"),
        ("\n{% if due %}", "ack.ru.j2:4:1: not a valid template"),
        ("{% if due %}" * 1500 + "{% endif %}", "ack.ru.j2: nested too deeply"),
        ("{% if due %}" * 9 + "{% endif %}" * 9, "blocks are nested deeper than 6 levels"),
        ("слово " * 4000, "longer than 20000 characters"),
        ("слово " * 2000, "longer than 6000 characters when filled in"),
        ("{% if number %}Здравствуйте!{% endif %}", "empty when few values are known"),
    ],
)
def test_a_wrong_template_is_refused_with_its_place_and_the_right_word(text: str, expected: str) -> None:
    assert expected in problem(text, _contacts="Телефон.\n")


def test_a_part_includes_nothing_and_all_files_are_told_at_once() -> None:
    found = problem("{{ x }}", _loop='{% include "_loop" %}')
    assert [line.split(": ")[0] for line in found.splitlines()] == ["_loop.ru.j2:1:13", "ack.ru.j2:3:4"]


@pytest.mark.parametrize("text", ["Привет\n", "Subject:\n\nПривет\n", "Subject: {{ number }}\n\nПривет\n", ""])
def test_the_first_line_is_a_subject_without_values(text: str) -> None:
    with pytest.raises(Problems, match=r"ack\.ru\.j2:1:1: expected a first line"):
        load_templates({"ack.ru.j2": text})


def test_a_file_name_without_language_is_refused() -> None:
    with pytest.raises(Problems, match="expected a file name such as"):
        load_templates({"ack.j2": GOOD + "Привет"})


def test_guards_are_understood_through_not_and_elif() -> None:
    known = "{{ number }} {{ due | date }} {{ working_days | days }}"
    text = f"{{% if not number %}}нет{{% elif due and working_days %}}{known}{{% endif %}}\nконец"
    templates = load_templates({"ack.ru.j2": GOOD + text})
    draft = Draft("ack", "", "ru", number="26-000001", due=date(2026, 5, 1), working_days=2)
    assert templates.render(draft) == ("Тема", "26-000001 1 мая 2026 года 2 рабочих дня\nконец")


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 рабочий день"),
        (2, "2 рабочих дня"),
        (4, "4 рабочих дня"),
        (5, "5 рабочих дней"),
        (11, "11 рабочих дней"),
        (14, "14 рабочих дней"),
        (21, "21 рабочий день"),
        (22, "22 рабочих дня"),
        (25, "25 рабочих дней"),
        (111, "111 рабочих дней"),
    ],
)
def test_russian_counts_take_the_right_form(count: int, words: str) -> None:
    assert working_days(count, "ru") == words


def test_english_counts_and_dates_read_as_english() -> None:
    assert [working_days(count, "en") for count in (1, 2)] == ["1 working day", "2 working days"]
    assert long_date(date(2027, 1, 8), "en") == "8 January 2027"


def test_lines_are_wrapped_without_tearing_numbers_and_dates() -> None:
    text = "Если вопрос срочный, позвоните нам, пожалуйста, по телефону горячей линии 8 800 100-40-88 сегодня."
    assert "8 800 100-40-88" in wrapped(text)
    joined = flowed(text).replace(" \n", " ")
    assert joined == f"{text}\n"


def test_flowed_text_protects_lines_that_mail_would_change() -> None:
    assert flowed("From here\n> there") == " From here\n > there\n"
    assert tidy("a  b \n\n\n\nc\n") == "a b\n\nc"


def test_typed_russian_keeps_short_words_ranges_and_dates_together() -> None:
    line = "Мы не против: тот же срок — с 7 декабря 2026 года, 5–10 минут"
    assert glued(line).replace("\N{NO-BREAK SPACE}", "_") == (
        "Мы не_против: тот_же срок_— с_7_декабря_2026_года, 5–\N{WORD JOINER}10_минут"
    )
