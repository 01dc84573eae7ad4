"""What a PDF says: its text, or why there is none (locked, damaged, empty, a scan that shows nothing).

Two traps. Small PDFs can unfold into minutes of work, so pages, streams and text are counted; and a scan has no text
but is legible, so its page images are judged as pictures.
"""

import io
import logging
import re

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError, WrongPasswordError

from mailtriage.attachments.file import MAX_TEXT, FileReading, tidy
from mailtriage.attachments.images import read_image

_MEDIA = "application/pdf"
_MAX_PAGES = 30
_MAX_IMAGES = 4
_MAX_IMAGE = 40_000_000
_WORD = re.compile(r"[^\W_]{2}")
# pypdf reports every irregularity of a file; the file's own problem is told in the reading.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read_pdf(octets: bytes) -> FileReading:
    """Read at most 30 pages. Never raises on hostile octets."""
    try:
        reader = PdfReader(io.BytesIO(octets), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return FileReading(_MEDIA, None, "encrypted")
        return _pages(reader)
    except (FileNotDecryptedError, WrongPasswordError, DependencyError):
        return FileReading(_MEDIA, None, "encrypted")
    except (PyPdfError, RecursionError):
        return FileReading(_MEDIA, None, "encrypted" if _locked(octets) else "damaged")
    except Exception:  # noqa: BLE001 - pypdf raises KeyError, TypeError, AttributeError ... on hostile files
        return FileReading(_MEDIA, None, "damaged")


def _locked(octets: bytes) -> bool:
    return b"/Encrypt" in octets[-4096:]


def _pages(reader: PdfReader) -> FileReading:
    texts, size, failed, images, drawn = list[str](), 0, 0, list[FileReading](), False
    for count, page in enumerate(reader.pages, 1):
        if count > _MAX_PAGES or size > MAX_TEXT:
            break
        try:
            text = page.extract_text() or ""
        except Exception:  # noqa: BLE001 - one bad page is not a bad file
            failed += 1
            text = ""
        texts.append(text)
        size += len(text)
        if not _WORD.search(text):
            if len(images) < _MAX_IMAGES:
                images += _page_images(page)
            drawn = drawn or _draws(page)
    text = tidy("\n\n".join(texts))
    if _WORD.search(text):
        return FileReading(_MEDIA, text)
    if images:
        legible = any(image.problem is None for image in images)
        return FileReading(_MEDIA, None, None if legible else images[0].problem)
    if failed:
        return FileReading(_MEDIA, None, "damaged")
    return FileReading(_MEDIA, None if drawn else "", None if drawn else "empty")


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


def _draws(page: PageObject) -> bool:
    """Whether anything at all is put on the page."""
    contents = page.get_contents()
    return contents is not None and bool(re.search(rb"\b(?:Do|Tj|TJ|f\*?|S|B|re)\b", contents.get_data()[:200_000]))
