"""The same letter for clients that show HTML: paragraphs, lists, telephone links, and the number in bold.

There is one source, the text of the template: what the two parts say can never differ. The trap is markup: every
character of the text is escaped, nothing is loaded from anywhere (a remote picture would tell us who reads when), and
nothing needs a style sheet that a mail client strips. So styles are written into the tags by css-inline; that is done
once in a process, for the few kinds of tags there are, and not for each letter. Colours of dark windows stay in a style
sheet, for only there can they be: a client that drops it shows a light letter.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from html import escape
from itertools import groupby
from types import MappingProxyType
from typing import Final

import css_inline

from mailtriage.reply.wording import glued

_STYLES: Final = """
body { margin: 0; padding: 0; background-color: #ffffff; }
.letter { max-width: 560px; margin: 0 auto; padding: 24px 20px; background-color: #ffffff; color: #1f2328;
  font-family: -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; font-size: 16px;
  line-height: 1.5; text-align: left; overflow-wrap: break-word; }
.from { margin: 0 0 24px; padding: 0 0 12px; border-bottom: 1px solid #d8dee4; font-size: 18px; font-weight: bold; }
.text { margin: 0 0 16px; }
.lead { margin: 0 0 8px; }
.fact { margin: 0 0 16px; padding: 12px 16px; border-left: 4px solid #1a5fb4; background-color: #eef4fb; }
.list { margin: 0 0 16px; padding: 0 0 0 22px; }
.item { margin: 0 0 6px; }
.whole { white-space: nowrap; }
.link { color: #1a5fb4; }
@media (prefers-color-scheme: dark) {
  body, .letter { background-color: #17191c !important; color: #e6e8eb !important; }
  .from { border-color: #3a3f45 !important; }
  .fact { background-color: #222b37 !important; border-color: #8ab4f8 !important; }
  .link { color: #8ab4f8 !important; }
}
"""
_SPECIMEN: Final = f"""<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>TITLE</title><style>{_STYLES}</style></head><body><div class="letter"><p class="from">SENDER</p>LETTER</div>
<p class="text"></p><p class="lead"></p><p class="fact"></p><ul class="list"><li class="item"></li></ul>
<strong class="whole"></strong><a class="link whole"></a><a class="link"></a></body></html>"""
"""Each kind of tag once; the letter's frame goes as far as its closing </div>."""
_ITEM: Final = "— "
_PHONE_OR_LINK: Final = re.compile(
    r"(?P<phone>8[ -]800(?:[ -]\d{2,3}){2,3})|(?P<link>https://[^\s<>«»\"]*[^\s<>«»\".,;:!?)])"
)


def html(text: str, *, sender: str, language: str, bold: Iterable[str | None] = ()) -> str:
    """An HTML document (RFC 2854) of a letter's text, in which one line is one paragraph or item.

    Args:
        text: as `Templates.render` gives it; a line that begins with a dash is an item of a list.
        sender: who writes, as the letter's heading and title.
        language: "ru" or "en".
        bold: what stands out where it occurs; a paragraph that holds the first, the number, is set apart.
    """
    number, *others = bold or (None,)
    before, after = _frame(language, sender)
    # Only what stands in a paragraph is asked of it, so that the cache knows all that every letter has.
    blocks = [
        _block(
            block,
            number if number and number in block else None,
            tuple(word for word in others if word and word in block),
        )
        for block in text.split("\n\n")
    ]
    return f"{before}{''.join(blocks)}{after}"


@lru_cache(maxsize=1024)
def _block(text: str, number: str | None, bold: tuple[str, ...]) -> str:
    """A run of lines between blank ones: paragraphs whose lines stay lines, and lists."""
    tags, markup = _tags(), []
    emphasised = (number, *bold) if number else bold
    runs = [(item, list(run)) for item, run in groupby(text.splitlines(), lambda line: line.startswith(_ITEM))]
    for index, (item, run) in enumerate(runs):
        marked = [_marked(line.removeprefix(_ITEM) if item else line, emphasised) for line in run]
        if item:
            listed = "".join(f"{tags['item']}{line}</li>\n" for line in marked)
            markup.append(f"{tags['list']}\n{listed}</ul>\n")
        else:
            stated = number is not None and any(number in line for line in run)
            kind = "fact" if stated else "lead" if index + 1 < len(runs) else "text"
            markup.append(f"{tags[kind]}{'<br>'.join(marked)}</p>\n")
    return "".join(markup)


def _marked(line: str, bold: tuple[str, ...]) -> str:
    """The line as markup: every piece of it is escaped, whatever it is."""
    tags = _tags()
    marked, end = [], 0
    while (found := _next_marked(line, bold, end)) is not None:
        kind, start, shown = found
        marked.append(escape(glued(line[end:start])))
        end = start + len(shown)
        if kind == "bold":
            marked.append(f"{tags['whole']}{escape(glued(shown))}</strong>")
        elif kind == "phone":
            digits = "".join(filter(str.isdigit, shown))
            marked.append(f'{tags["link whole"][:-1]} href="tel:+7{digits[1:]}">{escape(glued(shown))}</a>')
        else:
            marked.append(f'{tags["link"][:-1]} href="{escape(shown)}">{escape(shown)}</a>')
    marked.append(escape(glued(line[end:])))
    return "".join(marked)


def _next_marked(line: str, bold: tuple[str, ...], since: int) -> tuple[str, int, str] | None:
    """(kind, where, text) of the first that is marked; of several bold words at one place the longest."""
    # Sought by themselves: a pattern of words that are others in each letter would be compiled for each.
    words = [(at, -len(word), word) for word in bold if (at := line.find(word, since)) >= 0]
    found = _PHONE_OR_LINK.search(line, since)
    if words and (found is None or min(words)[0] <= found.start()):
        at, _, word = min(words)
        return "bold", at, word
    return None if found is None else (str(found.lastgroup), found.start(), found[0])


@cache
def _inlined() -> str:
    inliner = css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
    return inliner.inline(_SPECIMEN)


@cache
def _tags() -> Mapping[str, str]:
    """The opening tag of each kind, by its class."""
    found = re.finditer(r'<\w+ class="([^"]+)"[^>]*>', _inlined())
    return MappingProxyType({tag[1]: tag[0] for tag in found})


@lru_cache(maxsize=16)
def _frame(language: str, sender: str) -> tuple[str, str]:
    """What stands before the letter, with its heading, and what closes it."""
    name = escape(sender)
    opened, _, _ = _inlined().partition("LETTER")
    opened = opened.replace("<html", f'<html lang="{"en" if language == "en" else "ru"}"', 1)
    return opened.replace("TITLE", name, 1).replace("SENDER", name, 1) + "\n", "</div></body></html>\n"
