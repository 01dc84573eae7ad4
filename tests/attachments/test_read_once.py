"""A file that was read is not read again, and what it says never depends on what came before."""

import hashlib

import pytest
from rendering import page, saved

from mailtriage.attachments import read_once
from mailtriage.attachments.file import FileReading, InnerFile
from mailtriage.attachments.read_once import ReadOnce

RECEIPT = b"6650914427;4350;12.05.2026\n"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were really read."""
    names = list[str]()
    read_file = read_once.read_file

    def reading(filename: str, octets: bytes, declared_type: str, *, max_size: int, pictures: bool) -> FileReading:
        names.append(filename)
        if filename == "winmail.dat":
            return FileReading("application/ms-tnef", files=(InnerFile("inner", octets),))
        return read_file(filename, octets, declared_type, max_size=max_size, pictures=pictures)

    monkeypatch.setattr(read_once, "read_file", reading)
    return names


def read(files: ReadOnce, name: str, octets: bytes, *, most: int = 1_000_000, pictures: bool = True) -> FileReading:
    digest = hashlib.sha256(octets).hexdigest()
    return files.read(name, octets, "", digest=digest, max_size=most, pictures=pictures)


def test_the_same_file_under_another_name_is_not_read_again(opened: list[str]) -> None:
    files = ReadOnce()

    assert read(files, "чек.txt", RECEIPT) == read(files, "квитанция.TXT", RECEIPT)
    assert opened == ["чек.txt"]


def test_whatever_the_reading_depends_on_is_asked_anew(opened: list[str]) -> None:
    files = ReadOnce()

    assert read(files, "a.txt", RECEIPT).media_type == "text/plain"
    assert read(files, "a.csv", RECEIPT).media_type == "text/csv"
    assert read(files, "csv", RECEIPT).media_type == "text/plain"
    assert read(files, "a.txt", RECEIPT, most=5).problem == "too_large"
    assert read(files, "a.txt", RECEIPT).problem is None
    assert len(opened) == 4


def test_a_picture_that_nobody_looked_at_is_looked_at_when_it_matters(opened: list[str]) -> None:
    files, picture = ReadOnce(), saved(page(20))

    assert not read(files, "a.png", picture, pictures=False).judged
    assert read(files, "a.png", picture).judged
    assert not read(files, "a.png", picture, pictures=False).judged
    assert len(opened) == 2


def test_the_latest_are_kept_and_the_rest_is_forgotten(opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_once, "MOST_FILES", 2)
    files = ReadOnce()

    for name in ("a", "b", "a", "c", "a", "b"):
        read(files, f"{name}.txt", name.encode())

    assert opened == ["a.txt", "b.txt", "c.txt", "b.txt"]


def test_no_more_text_is_kept_than_there_is_room_for(opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_once, "MOST_TEXT", 50)
    files = ReadOnce()

    for name in ("a", "b", "a"):
        read(files, f"{name}.txt", name.encode() * 40)
    read(files, "long.txt", b"x" * 100)
    read(files, "long.txt", b"x" * 100)

    assert opened == ["a.txt", "b.txt", "a.txt", "long.txt", "long.txt"]


def test_what_was_packed_in_another_file_is_not_kept(opened: list[str]) -> None:
    files = ReadOnce()

    assert read(files, "winmail.dat", RECEIPT).files == read(files, "winmail.dat", RECEIPT).files
    assert len(opened) == 2
