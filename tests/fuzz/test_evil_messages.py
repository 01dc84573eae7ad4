"""Messages made to break a reader cost their share and no more, in a real reader process with its real limits.

A `Reading` here means: read within 20 s of processor time and 512 MB, for the kernel ends the process beyond that.
"""

from collections.abc import Iterator

import pytest
from fuzz_evil import EVIL

from mailtriage.mail.options import ReadOptions
from mailtriage.transport.readers import Limits, ReaderFailed, Readers

SECONDS = 120
"""What a result is waited for; far above every limit that is tested."""


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(1, ReadOptions(), Limits(wall_seconds=SECONDS)) as pool:
        yield pool


@pytest.mark.parametrize("name", EVIL)
def test_evil_is_read_within_the_limits(readers: Readers, name: str) -> None:
    message = readers.submit(EVIL[name]()).result(SECONDS).message
    assert len(message.subject) <= 2_000
    assert len(message.to) <= 2_600
    assert len(message.attachments) <= 300
    assert len(message.defects) <= 100


def test_what_cannot_be_read_within_the_limits_is_told_with_the_reason() -> None:
    # Options that allow too much, so that the process's own limit is what ends it.
    options = ReadOptions(max_text=100_000_000)
    with (
        Readers(1, options, Limits(cpu_seconds=1)) as pool,
        pytest.raises(ReaderFailed, match=r"processor time|out of memory"),
    ):
        pool.submit(EVIL["sixty long pages"]()).result(SECONDS)


@pytest.mark.parametrize("name", ["a zip bomb", "a docx bomb", "a docx of entities", "a picture bomb"])
def test_a_bomb_is_called_one(readers: Readers, name: str) -> None:
    assert [file.problem for file in readers.submit(EVIL[name]()).result(SECONDS).message.attachments] == ["bomb"]


@pytest.mark.parametrize(
    ("name", "defect"),
    [
        ("ten thousand parts", "more than 400 parts"),
        ("nested two hundred deep", "nested deeper than 24 levels"),
        ("a header line of a megabyte", "a header field is too long and was cut"),
        ("fifty megabytes of headers", "more than 2000 header fields"),
    ],
)
def test_what_was_left_unread_is_told_as_a_defect(readers: Readers, name: str, defect: str) -> None:
    assert defect in readers.submit(EVIL[name]()).result(SECONDS).message.defects
