"""What a PDF says: its text, or why there is none (locked, damaged, empty, a scan that shows nothing).

Two traps. Small PDFs can unfold into minutes of work, so pages, streams and text are counted; and a scan has no text
but is legible, so its page images are judged as pictures.
"""

import hashlib
import io
import logging
import re
from typing import cast

from PIL import Image
from pypdf import PageObject, PdfReader
from pypdf._encryption import AlgV5
from pypdf.errors import (
    DependencyError,
    FileNotDecryptedError,
    LimitReachedError,
    PyPdfError,
    WrongPasswordError,
)
from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, StreamObject, TextStringObject

from mailtriage.attachments.ascii85 import without_ascii85
from mailtriage.attachments.file import MAX_TEXT, FileReading, tidy
from mailtriage.attachments.images import read_image
from mailtriage.attachments.likeness import likeness
from mailtriage.attachments.pdf_text import PageTexts

_MEDIA = "application/pdf"
_MAX_PAGES = 30
_MAX_WORK = 1_500_000
"""Octets of drawing instructions; pypdf goes through a third of a million a second."""
_MAX_DRAWING = 20_000_000
"""The same, that no plan or map has."""
_MAX_SEARCHED = 500_000
"""Octets of drawing instructions in which pictures are looked for: a scan has a line of them."""
_HASHED = 5
"""The revision of the security handler from which on each password is hashed with a salt of its own."""
_MAX_IMAGES = 4
_MAX_IMAGE = 40_000_000
_MAX_FIGURES = 50
_ORNAMENT = 100
"""Pixels of the shorter side below which a picture on a page is a logo or a rule."""
_WORD = re.compile(r"[^\W_]{2}")
# pypdf reports every irregularity of a file; the file's own problem is told in the reading.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read_pdf(octets: bytes, *, pictures: bool = True) -> FileReading:
    """Read at most 30 pages; a scan is judged only with `pictures`. Never raises on hostile octets."""
    try:
        reader = PdfReader(io.BytesIO(octets), strict=False)
        if reader.is_encrypted and not _opens(reader):
            return FileReading(_MEDIA, None, "encrypted")
        with PageTexts(octets, reader) as words:
            return _pages(reader, words, pictures=pictures)
    except (FileNotDecryptedError, WrongPasswordError, DependencyError):
        return FileReading(_MEDIA, None, "encrypted")
    except LimitReachedError:
        return FileReading(_MEDIA, None, "bomb")
    except (PyPdfError, RecursionError):
        return FileReading(_MEDIA, None, "encrypted" if _locked(octets) else "damaged")
    except Exception:  # noqa: BLE001 - pypdf raises KeyError, TypeError, AttributeError ... on hostile files
        return FileReading(_MEDIA, None, "damaged")


def _opens(reader: PdfReader) -> bool:
    """Whether a viewer opens the file without asking: only by an empty user password (ISO 32000-2 7.6.4.1).

    Files exist whose empty password is the owner's; viewers ask for the user's all the same.
    """
    if not reader.decrypt(""):
        return False
    entry = cast("DictionaryObject", reader.trailer["/Encrypt"].get_object())
    revision, user = int(str(entry.get("/R", 0))), entry.get("/U")
    if revision < _HASHED or not isinstance(user, ByteStringObject | TextStringObject):
        return True
    check = user.original_bytes
    return bool(AlgV5.calculate_hash(revision, b"", check[32:40], b"") == check[:32])


def _locked(octets: bytes) -> bool:
    return b"/Encrypt" in octets[-4096:]


def _pages(reader: PdfReader, words: PageTexts, *, pictures: bool) -> FileReading:  # noqa: C901 - one branch a way in which a page fails
    texts, size, failed, images, drawn = list[str](), 0, 0, list[FileReading](), False
    work = here = 0
    for count, page in enumerate(reader.pages, 1):
        if count > _MAX_PAGES or size > MAX_TEXT:
            break
        try:
            here = _work(page)
            work += here
            text = words.of(count - 1) if work <= _MAX_WORK else ""
        except LimitReachedError:
            work = _MAX_DRAWING + 1
            text = ""
        except Exception:  # noqa: BLE001 - one bad page is not a bad file
            failed += 1
            text = ""
        if work > _MAX_DRAWING:
            break
        texts.append(text)
        size += len(text)
        if not _WORD.search(text):
            if pictures and len(images) < _MAX_IMAGES and here <= _MAX_SEARCHED:
                images += _page_images(page)
            drawn = drawn or _draws(page)
    text = tidy("\n\n".join(texts))
    if _WORD.search(text):
        whole = len(texts) == len(reader.pages) and not failed and work <= _MAX_WORK
        known = whole and not _filled_in(reader)
        return FileReading(_MEDIA, text, likeness=likeness(text, _figures(reader)) if known else None)
    if images:
        legible = any(image.problem is None for image in images)
        return FileReading(_MEDIA, None, None if legible else images[0].problem)
    if not pictures and (drawn or failed or work > _MAX_DRAWING):
        return FileReading(_MEDIA, judged=False)
    if work > _MAX_DRAWING:
        return FileReading(_MEDIA, None, "bomb")
    if failed:
        return FileReading(_MEDIA, None, "damaged")
    return FileReading(_MEDIA, None if drawn else "", None if drawn else "empty")


def _filled_in(reader: PdfReader) -> bool:
    """Whether fields or notes lie over the pages: what is written in them is no text of the page."""
    pages = list(reader.pages)[:_MAX_PAGES]
    notes = [note.get_object() for page in pages for note in page.get("/Annots", DictionaryObject()).get_object() or ()]
    return any(note.get("/Subtype") != "/Link" for note in notes)


def _figures(reader: PdfReader) -> str:
    """The sizes of the pictures on the pages, as a digest: what the text does not say may stand there."""
    found: set[str] = set()
    for page in list(reader.pages)[:_MAX_PAGES]:
        resources = page.get("/Resources")
        objects = resources.get_object().get("/XObject") if resources is not None else None
        for reference in list(objects.get_object().values())[:_MAX_FIGURES] if objects is not None else ():
            figure = reference.get_object()
            sides = [int(figure.get(side, 0)) for side in ("/Width", "/Height")]
            if figure.get("/Subtype") == "/Image" and min(sides) >= _ORNAMENT:
                found.add(f"{sides} {figure.get('/Length')}")
    return hashlib.sha256(" ".join(sorted(found)).encode()).hexdigest()[:16] if found else ""


def _work(page: PageObject) -> int:
    """Octets of drawing that pypdf must go through for a page, forms counted as often as they may be drawn."""
    drawn = page["/Contents"].get_object() if "/Contents" in page else None
    for each in drawn if isinstance(drawn, ArrayObject) else (drawn,):
        if isinstance(stream := each.get_object() if each is not None else None, StreamObject):
            without_ascii85(stream)
    contents = page.get_contents()
    drawing = contents.get_data() if contents is not None else b""
    forms = 0
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    for reference in objects.get_object().values() if objects is not None else ():
        form = reference.get_object()
        if form.get("/Subtype") == "/Form":
            forms += len(form.get_data())
    return len(drawing) + forms * max(1, min(drawing.count(b"Do"), 1000))


def _page_images(page: PageObject) -> list[FileReading]:
    """The pictures on a page, judged; small ornaments are left out."""
    found: list[FileReading] = []
    try:
        for number, image in enumerate(page.images):
            if number >= _MAX_IMAGES:
                break
            if len(image.data) < _MAX_IMAGE:
                found.append(read_image(image.data, "image/unknown"))
    except Exception:  # noqa: BLE001 - an image that pypdf cannot take out may still be shown by a viewer
        found.append(FileReading("image/unknown"))
    return found


def page_pictures(octets: bytes, most: int) -> tuple[bytes, ...]:
    """The pictures of the first pages without text, upright and encoded; what cannot be taken out is left out."""
    found: list[bytes] = []
    try:
        reader = PdfReader(io.BytesIO(octets), strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        for page in list(reader.pages[:_MAX_IMAGES]):
            for image in page.images:
                if len(found) >= most:
                    return tuple(found)
                if min(image.image.size if image.image else (0, 0)) >= _ORNAMENT:
                    found.append(_turned(image.data, page.rotation))
    except Exception:  # noqa: BLE001, S110 - as above; what was found so far is still of use
        pass
    return tuple(found)


def _turned(octets: bytes, clockwise: int) -> bytes:
    """A scan as the viewer shows it: the page's /Rotate counts clockwise (ISO 32000-2 7.7.3.3)."""
    if not clockwise % 360:
        return octets
    out = io.BytesIO()
    with Image.open(io.BytesIO(octets)) as image:
        image.convert("L").rotate(-clockwise, expand=True).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _draws(page: PageObject) -> bool:
    """Whether anything at all is put on the page."""
    contents = page.get_contents()
    return contents is not None and bool(re.search(rb"\b(?:Do|Tj|TJ|f\*?|S|B|re)\b", contents.get_data()[:200_000]))
