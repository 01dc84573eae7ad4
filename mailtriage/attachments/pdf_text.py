"""The words on the pages of a PDF: by PDFium, which is ten times as fast and knows more fonts, else by pypdf.

The trap is that PDFium is no Python: what breaks it ends the reader process, and the message is held for a person like
any other that does. So nothing reaches it but pages that pypdf has found openable and small enough to be gone through.
"""

import contextlib
from types import TracebackType
from typing import Any, Self

import pypdfium2
from pypdf import PdfReader

_HYPHEN = "\ufffe"
"""What PDFium gives for a hyphen at the end of a line."""


class PageTexts:
    """A context: the texts of one file, by page."""

    def __init__(self, octets: bytes, reader: PdfReader) -> None:
        self._reader = reader
        self._document: Any = None
        with contextlib.suppress(pypdfium2.PdfiumError):
            self._document = pypdfium2.PdfDocument(octets)

    def __enter__(self) -> Self:
        # Two readers may mend a broken tree of pages in two ways; then a number means two different pages.
        if self._document is not None and len(self._document) != len(self._reader.pages):
            self._close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def of(self, number: int) -> str:
        """The text of a page, counted from 0. Raises what pypdf raises, which is anything."""
        return self._drawn(number) or self._reader.pages[number].extract_text() or ""

    def _drawn(self, number: int) -> str:
        if self._document is None:
            return ""
        try:
            page = self._document[number]
            with contextlib.closing(page), contextlib.closing(page.get_textpage()) as words:
                return str(words.get_text_range()).replace(_HYPHEN, "-")
        except pypdfium2.PdfiumError:
            return ""

    def _close(self) -> None:
        document, self._document = self._document, None
        if document is not None:
            document.close()
