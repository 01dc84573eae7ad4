"""The pages of a PDF that is nothing but scans, each as the one picture that it is.

The trap is the page that only looks so: letters drawn as outlines stand beside the bank's logo, and the logo is the
same on every receipt. So a page counts only when it paints one picture and nothing else at all.
"""

import io
import re

from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

_MOST_PAGES = 3
_MOST_DRAWING = 20_000
"""Octets of drawing instructions; one picture needs a line of them."""
_MOST_OCTETS = 40_000_000
_OPERATOR = re.compile(rb"(?<![^\s\])>])[A-Za-z'\"][A-Za-z0-9]*\*?(?=\s|$)")
_SILENT = frozenset(
    b"q Q cm gs W W* n re m l c v y h cs CS sc SC g G rg RG k K w J j M d ri i BMC BDC EMC BT ET Tf TL Td Tm Tr".split()
)
"""Operators that paint nothing by themselves (ISO 32000-2 annex A)."""


def scanned_pages(octets: bytes) -> tuple[bytes, ...]:
    """The encoded pictures in order; empty for any other file. Never raises on hostile octets."""
    try:
        reader = PdfReader(io.BytesIO(octets), strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        if not 0 < len(reader.pages) <= _MOST_PAGES:
            return ()
        found = tuple(map(_picture, reader.pages))
    except Exception:  # noqa: BLE001 - pypdf raises anything on hostile files
        return ()
    return found if all(found) else ()


def is_one_page(octets: bytes) -> bool:
    """Whether a PDF has one page, as a receipt does; False for what is none. Never raises on hostile octets."""
    try:
        return len(PdfReader(io.BytesIO(octets), strict=False).pages) == 1
    except Exception:  # noqa: BLE001 - pypdf raises anything on hostile files
        return False


def _picture(page: PageObject) -> bytes:
    contents = page.get_contents()
    drawing = contents.get_data() if contents is not None else b""
    painted = [name for name in _OPERATOR.findall(drawing[: _MOST_DRAWING + 1]) if name not in _SILENT]
    if len(drawing) > _MOST_DRAWING or painted != [b"Do"] or _noted(page) or len(page.images) != 1:
        return b""
    data = page.images[0].data
    return data if len(data) <= _MOST_OCTETS else b""


def _noted(page: PageObject) -> bool:
    """Whether fields or notes lie over the page."""
    notes = page.get("/Annots", DictionaryObject()).get_object() or ()
    return any(note.get_object().get("/Subtype") != "/Link" for note in notes)
