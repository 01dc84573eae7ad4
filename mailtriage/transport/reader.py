"""What readers load and how they work; `python -m mailtriage.transport.reader` is their fork server.

The trap is what loads only when it is first needed: a hundred readers would load it a hundred times. So the server
reads letters of our own, before there is any other.
"""

import json
from collections.abc import Mapping
from typing import Any

from mailtriage.transport.fork_server import serve
from mailtriage.transport.reader_frames import (
    COMPARE_FILES,
    READ_BRIEFLY,
    READ_HEADERS,
    READ_PICTURES,
    Frame,
    compared,
)
from mailtriage.transport.reader_loop import Begin, Work


def _prepare() -> Begin:
    # Imported in these processes alone.
    from pydantic import TypeAdapter  # noqa: PLC0415

    from mailtriage.attachments import ocr  # noqa: PLC0415
    from mailtriage.mail.known_files import Letter, with_known_files  # noqa: PLC0415
    from mailtriage.mail.options import ReadOptions  # noqa: PLC0415
    from mailtriage.mail.reader import read_message_with_pictures  # noqa: PLC0415
    from mailtriage.mail.reading import dump, load, read, read_headers  # noqa: PLC0415
    from mailtriage.mail.rehearsal import LETTERS  # noqa: PLC0415

    known_options = TypeAdapter(ReadOptions)

    def begin(options: Mapping[str, Any]) -> Work:
        known = known_options.validate_python(options)

        def work(request: Frame) -> bytes:
            if request.kind == READ_HEADERS:
                return dump(read_headers(request.payload, known, request.text))
            if request.kind == READ_PICTURES:
                wanted = json.loads(request.text)
                return dump(read_message_with_pictures(request.payload, known, wanted["digests"], wanted["texts"]))
            if request.kind == COMPARE_FILES:
                reading, octets, earlier = compared(request)
                return dump(with_known_files(load(reading), octets, known, [Letter(*each) for each in earlier]))
            return dump(read(request.payload, known, pictures=request.kind != READ_BRIEFLY))

        return work

    for letter in LETTERS:
        load(dump(read(letter, ReadOptions())))
    ocr.prepare()
    return begin


if __name__ == "__main__":
    serve(_prepare)
