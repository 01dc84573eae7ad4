"""The HTML form of a letter: the same words, nothing of a stranger's as markup, nothing from anywhere else."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtriage.reply.documents import DOCUMENTS
from mailtriage.reply.draft import Draft
from mailtriage.reply.html import html
from mailtriage.reply.templates import LANGUAGES, SHIPPED, load_templates

FOLDER = Path(__file__).parents[2] / "config" / "replies"
SHIPPED_TEMPLATES = load_templates({str(path): path.read_text(encoding="utf-8") for path in FOLDER.glob("*.j2")})
KNOWN_TAGS = {"html", "head", "meta", "title", "style", "body", "div", "p", "ul", "li", "strong", "a", "br"}
KNOWN_ATTRIBUTES = {"lang", "charset", "name", "content", "style", "class", "href"}
VOID = {"meta", "br"}


class Page(HTMLParser):
    """What a client sees: the text, item by item, and every tag."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102 - the parser's own name for it
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in VOID:
            self.open.append(tag)
        self.text += {"li": "— ", "br": "\n"}.get(tag, "")

    def handle_endtag(self, tag: str) -> None:  # noqa: D102 - the parser's own name for it
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:  # noqa: D102 - the parser's own name for it
        if "body" in self.open:
            self.text += data


def words(text: str) -> list[str]:
    return text.replace("\N{WORD JOINER}", "").split()


def page(text: str, *bold: str) -> Page:
    return Page(html(text, sender="Первый ЦУПИС", language="ru", bold=bold))


@pytest.mark.parametrize("template", sorted(SHIPPED))
@pytest.mark.parametrize("language", LANGUAGES)
def test_both_forms_of_a_shipped_letter_hold_the_same_words(template: str, language: str) -> None:
    known = Draft(
        template,
        "a@mail.example",
        language,
        number="26-000123",
        registered_on=date(2026, 12, 7),
        due=date(2026, 12, 14),
        documents=tuple(DOCUMENTS),
        requests=("refund", "entry"),
        topics=("fraud",),
    )
    _, text = SHIPPED_TEMPLATES.render(known)
    document = html(text, sender="Первый ЦУПИС", language=language, bold=("26-000123", "14 декабря 2026 года"))
    shown = Page(document)
    assert words(shown.text) == ["Первый", "ЦУПИС", *words(text)]
    assert not shown.open
    assert shown.tags <= KNOWN_TAGS
    assert shown.attributes <= KNOWN_ATTRIBUTES
    assert set(shown.links) <= {"tel:+78001004088", "tel:+78002006225"}
    assert not re.search(r"https?:|url\(|@import|src=|<script", document)
    assert f'<html lang="{language}"' in document
    if "26-000123" in text:
        assert re.search(r'<p class="fact"[^>]*>[^\n]*<strong class="whole"[^>]*>26-000123</strong>', document)


def test_runs_of_dashes_are_lists_and_lines_of_a_paragraph_stay_lines() -> None:
    document = html("Список:\n— один;\n— два.\nДальше.\n\nС уважением,\nМы", sender="Мы", language="ru")
    kinds = re.findall(r'<(?:p|ul|li) class="(\w+)"', document)
    assert kinds == ["from", "lead", "list", "item", "item", "text", "text"]
    assert "С\N{NO-BREAK SPACE}уважением,<br>Мы</p>" in document


def test_telephones_and_secure_links_can_be_followed_and_nothing_else() -> None:
    shown = page("8 800 100-40-88, https://1cupis.ru/help. http://evil.example javascript:x 8 900 100-40-88")
    assert shown.links == ["tel:+78001004088", "https://1cupis.ru/help"]


@settings(derandomize=True, database=None, deadline=None)
@given(text=st.text(max_size=200), number=st.text(max_size=20), name=st.text(max_size=30))
def test_no_text_whatever_becomes_markup(text: str, number: str, name: str) -> None:
    hostile = f"{text}<img src=x onerror=y>&lt;\"'{number}</p>"
    shown = Page(html(hostile, sender=name + "<script>", language="ru", bold=(number, text)))
    assert shown.tags <= KNOWN_TAGS
    assert shown.attributes <= KNOWN_ATTRIBUTES
    assert not shown.open
    assert "<img src=x onerror=y>" in shown.text.replace("\N{NO-BREAK SPACE}", " ")
