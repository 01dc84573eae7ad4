"""Finds the files of a message that show what the customer sent before, though not one octet is the same.

The trap is the cost: to compare two pictures takes half a second, to recognise words takes several. So only files that
came before are asked for, the latest first, a few at most; and who sends a picture to others' letters pays nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from PIL import Image

from mailtriage.attachments import ocr, trained
from mailtriage.attachments.likeness import may_be_known
from mailtriage.attachments.middle import lines, strip
from mailtriage.attachments.read import read_file
from mailtriage.attachments.recognised import can_be_proved, is_russian, says_the_same, tells_another
from mailtriage.attachments.same_picture import Picture, picture, same_picture
from mailtriage.attachments.scans import is_one_page, scanned_pages
from mailtriage.mail.files import file_octets
from mailtriage.mail.message import Attachment
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.reading import Reading

MOST_NEW, MOST_KNOWN = 4, 6
"""Files of a message that are looked at, and of earlier ones that each is held against."""
_MOST_RECOGNISED = 2
"""Pictures of a message in which words are recognised in order to hold them against a text."""
_PDF = "application/pdf"
_PARTS: tuple[ocr.Part, ...] = (lines, strip)
"""Of a picture, that are read first, each where those before leave a doubt."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An earlier message of the customer's, and which of its files may be the same."""

    octets: bytes
    digests: tuple[str, ...]


@dataclass
class _File:
    """A file, taken apart as far as it is asked for."""

    digest: str
    octets: bytes
    media_type: str
    told: str | None = None
    """Its text, where it is known."""
    left: list[int] = field(default_factory=list)
    """How many pictures may still be recognised."""
    parts: dict[tuple[ocr.Part, str], str] = field(default_factory=dict)
    """What was recognised in parts of it, and by which languages."""

    @cached_property
    def pages(self) -> tuple[Picture, ...]:
        """The pictures that it is; empty where it is none, or one of them shows nothing."""
        encoded = scanned_pages(self.octets) if self.media_type == _PDF else (self.octets,)
        pages = tuple(map(picture, encoded))
        return tuple(page for page in pages if page is not None) if all(pages) else ()

    @cached_property
    def text(self) -> str:
        """What it says exactly, on one page, as much as a picture can show; "" for anything else."""
        if self.media_type != _PDF or not is_one_page(self.octets):
            return ""
        if self.told is not None:
            return self.told
        reading = read_file("", self.octets, _PDF, pictures=False)
        return (reading.text if reading.likeness else None) or ""

    @cached_property
    def _may_be_recognised(self) -> bool:
        """Whether it is one page, and one of the few pictures in which words may be recognised."""
        if len(self.pages) != 1 or not self.left or not self.left[0] or not trained.available():
            return False
        self.left[0] -= 1
        return True

    @cached_property
    def _legible(self) -> Image.Image | None:
        """The picture that it is, in all its size; it is mostly decoded already."""
        (page,) = self.pages
        whole = page.whole and self.media_type != _PDF
        return page.upright if whole else ocr.first_picture(self.octets, self.media_type)

    def _read(self, part: ocr.Part, languages: str) -> str:
        if (part, languages) not in self.parts:
            self.parts[part, languages] = ocr.read_part(self._legible, part, languages)
        return self.parts[part, languages]

    @cached_property
    def _recognised(self) -> str:
        return ocr.read_picture(self.octets, self.media_type) or ""

    def shows(self, exact: str) -> bool:
        """Whether this text and nothing else is recognised in it; what a part of it tells need not be asked of all."""
        if not self._may_be_recognised or not can_be_proved(exact):
            return False
        languages = ocr.RUSSIAN if is_russian(exact) else ocr.BOTH
        another = any(tells_another(exact, self._read(part, languages)) for part in _PARTS)
        return not another and says_the_same(exact, self._recognised)


def with_known_files(reading: Reading, octets: bytes, options: ReadOptions, earlier: Sequence[Letter]) -> Reading:
    """The reading with `same_as` and `same_because` of each file that came before.

    Args:
        reading: of the message.
        octets: the message itself.
        options: with which it was read.
        earlier: the customer's letters, the latest first.
    """
    files = [file for file in reading.message.attachments if may_be_known(file.media_type, file.size)][:MOST_NEW]
    left = [_MOST_RECOGNISED]
    found = file_octets(octets, options, [file.digest for file in files])
    known = [each for letter in earlier for each in _files(letter, options, left)][:MOST_KNOWN]
    same: dict[str, tuple[str, str]] = {}
    for file in files:
        if file.digest in found and file.digest not in {each.digest for each in known}:
            exact = file.text if file.media_type == _PDF and file.likeness else ""
            new = _File(file.digest, found[file.digest], file.media_type, exact, left)
            same.update((new.digest, (each.digest, because)) for each, because in _first(new, known))
    return replace(reading, message=replace(reading.message, attachments=_marked(reading, same)))


def _files(letter: Letter, options: ReadOptions, left: list[int]) -> Iterator[_File]:
    for digest, octets in file_octets(letter.octets, options, letter.digests).items():
        yield _File(digest, octets, _PDF if octets.startswith(b"%PDF") else "image/unknown", None, left)


def _first(new: _File, known: Sequence[_File]) -> Iterator[tuple[_File, str]]:
    """The first file that shows the same, and why."""
    for each in known:
        if because := _same(new, each):
            yield each, because
            return


def _same(new: _File, known: _File) -> str | None:
    if new.text or known.text:
        if new.text and known.text:
            # Texts are compared by their likeness, without a look at the octets.
            return None
        exact, drawn = (new, known) if new.text else (known, new)
        return "те же слова и числа" if drawn.shows(exact.text) else None
    reasons = [next(filter(None, (same_picture(page, other) for other in known.pages)), None) for page in new.pages]
    return reasons[0] if reasons and all(reasons) else None


def _marked(reading: Reading, same: Mapping[str, tuple[str, str]]) -> tuple[Attachment, ...]:
    files = reading.message.attachments
    return tuple(
        replace(file, same_as=same[file.digest][0], same_because=same[file.digest][1]) if file.digest in same else file
        for file in files
    )
