"""The octets of chosen files of a message, found again by digest.

The trap: a Message keeps no octets, for most files are never looked at twice; so the few whose text a decision needs
are cut out of the message anew, by the same walk, and told by their digest and not by their name. What else the
message holds is not read for that: to tell its texts takes longer than to find a picture in it.
"""

import hashlib
from collections.abc import Collection, Iterator

from mailtriage.attachments.read import read_file
from mailtriage.mail.options import ReadOptions
from mailtriage.mail.structure import leaves, walk
from mailtriage.mail.transfer import decode_transfer

_TNEF = b"\x78\x9f\x3e\x22"


def file_octets(octets: bytes, options: ReadOptions, digests: Collection[str]) -> dict[str, bytes]:
    """The decoded octets by digest, of those that are there; also of files inside a winmail.dat."""
    found: dict[str, bytes] = {}
    for raw in _files(octets, options):
        digest = hashlib.sha256(raw).hexdigest()
        if digest in digests:
            found[digest] = raw
        if len(found) == len(digests):
            break
    return found


def _files(octets: bytes, options: ReadOptions) -> Iterator[bytes]:
    root, _ = walk(octets, options)
    for part in leaves(root):
        raw, _ = decode_transfer(octets[part.start : part.end], part.encoding)
        yield raw
        if raw.startswith(_TNEF):
            yield from (inner.octets for inner in read_file("winmail.dat", raw, max_size=options.max_attachment).files)
