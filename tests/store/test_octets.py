"""Raw messages in a folder."""

import hashlib
import os
import stat
from pathlib import Path

import pytest

from mailtriage.errors import NotFound, StoreError
from mailtriage.store.octets import LocalOctets, open_octets

MAIL = b"Subject: hello\r\n\r\nhello\r\n"
DIGEST = hashlib.sha256(MAIL).hexdigest()


@pytest.fixture
def octets(tmp_path: Path) -> LocalOctets:
    return open_octets(f"file://{tmp_path}/my%20octets")


def test_what_was_put_comes_back_by_its_digest(octets: LocalOctets, tmp_path: Path) -> None:
    assert octets.put([MAIL, b"", MAIL]) == [DIGEST, hashlib.sha256(b"").hexdigest(), DIGEST]
    assert octets.get(DIGEST) == MAIL
    assert octets.has(DIGEST)
    path = tmp_path / "my octets" / "raw" / DIGEST[:2] / DIGEST
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list((tmp_path / "my octets" / "incoming").iterdir()) == []


def test_putting_again_rewrites_nothing_but_mends_a_file_that_was_cut_short(
    octets: LocalOctets, tmp_path: Path
) -> None:
    octets.put([MAIL])
    path = tmp_path / "my octets" / "raw" / DIGEST[:2] / DIGEST
    inode = path.stat().st_ino
    octets.put([MAIL])
    assert path.stat().st_ino == inode
    path.write_bytes(MAIL[:5])
    octets.put([MAIL])
    assert octets.get(DIGEST) == MAIL


def test_damaged_octets_are_told_from_whole_ones(octets: LocalOctets, tmp_path: Path) -> None:
    octets.put([MAIL])
    (tmp_path / "my octets" / "raw" / DIGEST[:2] / DIGEST).write_bytes(MAIL[::-1])
    with pytest.raises(StoreError, match="damaged"):
        octets.get(DIGEST)


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", "", "A" * 64])
def test_unknown_and_impossible_digests_are_not_found(octets: LocalOctets, digest: str) -> None:
    with pytest.raises(NotFound):
        octets.get(digest)


def test_every_file_and_each_folder_once_is_synced_before_put_returns(
    octets: LocalOctets, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode)))
    contents = [bytes([number]) for number in range(8)]
    digests = octets.put(contents)
    shards = {digest[:2] for digest in digests}
    assert synced.count(False) == len(contents)
    assert synced.count(True) == len(shards) + 1, "each shard, and the folder that holds the new shards"
    assert synced[: len(contents)] == [False] * len(contents), "folders come last"


def test_a_place_that_is_not_supported_says_what_was_expected() -> None:
    for url in ("s3://bucket/prefix", "https://host/path"):
        with pytest.raises(StoreError, match="file:///folder"):
            open_octets(url)
