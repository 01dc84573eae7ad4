"""Raw messages, in a folder and in a bucket."""

import hashlib
import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from servers.bucket import S3, SECRET
from servers.processes import HOST, free_port

from mailtriage.errors import NotFound, StoreError
from mailtriage.store.octets import BucketOptions, Octets, by_digest, open_octets

MAIL = b"Subject: hello\r\n\r\nhello\r\n"
DIGEST = hashlib.sha256(MAIL).hexdigest()
PLACE = f"raw/{DIGEST[:2]}/{DIGEST}"


class Shelf:
    """Octets, and a way to spoil them."""

    def __init__(self, octets: Octets, folder: Path | None, s3: S3 | None, bucket: str = "") -> None:
        self.octets, self._folder, self._s3, self._bucket = octets, folder, s3, bucket

    def spoil(self, content: bytes) -> None:
        """Put something else where the mail is."""
        if self._folder:
            (self._folder / PLACE).write_bytes(content)
        elif self._s3:
            self._s3.put(self._bucket, f"the prefix/of/ours/{PLACE}", content)


def bucket_options(s3: S3) -> BucketOptions:
    return BucketOptions(endpoint=s3.endpoint, region="eu-central-1", access_key="key", secret_key=SECRET)


@pytest.fixture(params=["folder", "bucket"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    if request.param == "folder":
        return Shelf(open_octets(f"file://{tmp_path}/my%20octets"), tmp_path / "my octets", None)
    s3: S3 = request.getfixturevalue("s3")
    bucket = s3.bucket()
    url = f"s3://{bucket}/the%20prefix/of/ours/"
    return Shelf(open_octets(url, bucket_options(s3)), None, s3, bucket)


@pytest.fixture
def local(tmp_path: Path) -> Octets:
    return open_octets(f"file://{tmp_path}/my%20octets")


def test_what_was_put_comes_back_by_its_digest(shelf: Shelf) -> None:
    shelf.octets.put(by_digest([MAIL, b"", MAIL]))
    assert shelf.octets.get(hashlib.sha256(b"").hexdigest()) == b""
    assert shelf.octets.get(DIGEST) == MAIL
    assert shelf.octets.has(DIGEST)


def test_what_is_there_is_listed_by_its_first_digits_and_what_is_discarded_is_gone(shelf: Shelf) -> None:
    assert shelf.octets.stored(DIGEST[:2]) == frozenset()
    shelf.octets.put(by_digest([MAIL, b""]))
    assert shelf.octets.stored(DIGEST[:2]) == {DIGEST}
    assert shelf.octets.discard(DIGEST)
    assert not shelf.octets.discard(DIGEST)
    assert shelf.octets.stored(DIGEST[:2]) == frozenset()
    assert not shelf.octets.has(DIGEST)


def test_a_batch_comes_back_whole(shelf: Shelf) -> None:
    contents = [b"%d" % number * 1000 for number in range(60)]
    given = by_digest(contents)
    shelf.octets.put(given)
    assert [shelf.octets.get(digest) for digest in given] == contents


def test_what_is_there_is_not_written_again_unless_it_was_cut_short(shelf: Shelf) -> None:
    shelf.octets.put({DIGEST: MAIL})
    shelf.spoil(MAIL[::-1])
    shelf.octets.put({DIGEST: MAIL})
    with pytest.raises(StoreError, match="damaged"):
        shelf.octets.get(DIGEST)
    shelf.spoil(MAIL[:5])
    shelf.octets.put({DIGEST: MAIL})
    assert shelf.octets.get(DIGEST) == MAIL


def test_damaged_octets_are_told_from_whole_ones(shelf: Shelf) -> None:
    shelf.octets.put({DIGEST: MAIL})
    shelf.spoil(MAIL[::-1])
    with pytest.raises(StoreError, match=f"{DIGEST} is damaged"):
        shelf.octets.get(DIGEST)


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "A" * 64])
def test_impossible_digests_are_not_asked_for(shelf: Shelf, digest: str) -> None:
    with pytest.raises(NotFound):
        shelf.octets.get(digest)


def test_unknown_digests_are_not_found(shelf: Shelf) -> None:
    assert not shelf.octets.has("0" * 64)
    with pytest.raises(NotFound, match="0000 under "):
        shelf.octets.get("0" * 64)


def test_only_the_service_user_may_read_a_file(local: Octets, tmp_path: Path) -> None:
    local.put({DIGEST: MAIL})
    path = tmp_path / "my octets" / PLACE
    inode = path.stat().st_ino
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list((tmp_path / "my octets" / "incoming").iterdir()) == []
    local.put({DIGEST: MAIL})
    assert path.stat().st_ino == inode


def test_every_file_and_each_folder_once_is_synced_before_put_returns(
    local: Octets, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode)))
    contents = [bytes([number]) for number in range(8)]
    given = by_digest(contents)
    local.put(given)
    shards = {digest[:2] for digest in given}
    assert synced.count(False) == len(contents)
    assert synced.count(True) == len(shards) + 1, "each shard, and the folder that holds the new shards"
    assert synced[: len(contents)] == [False] * len(contents), "folders come last"


def test_a_folder_that_another_has_just_made_is_synced_in_its_parent_once(
    local: Octets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "my octets" / "raw"
    (raw / DIGEST[:2]).mkdir()
    synced: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor)[1:3]))
    parent = raw.stat()[1:3]
    local.put({DIGEST: MAIL})
    assert parent in synced, "the other may not have come so far"
    synced.clear()
    local.put({DIGEST: MAIL})
    assert parent not in synced


def test_several_mailboxes_may_store_their_first_messages_at_once(tmp_path: Path) -> None:
    at_once = 8
    for number in range(20):
        local = open_octets(f"file://{tmp_path}/{number}")
        ready = threading.Barrier(at_once)

        def put(content: bytes, local: Octets = local, ready: threading.Barrier = ready) -> None:
            ready.wait()
            # One folder for all.
            local.put({DIGEST[:2] + hashlib.sha256(content).hexdigest()[2:]: content})

        with ThreadPoolExecutor(at_once) as threads:
            list(threads.map(put, [b"%d" % each for each in range(at_once)]))
        assert len(local.stored(DIGEST[:2])) == at_once


def test_a_bucket_that_is_not_there_is_named(s3: S3) -> None:
    octets = open_octets("s3://nobodys/prefix", bucket_options(s3))
    for ask in (lambda: octets.put({DIGEST: MAIL}), lambda: octets.get(DIGEST)):
        with pytest.raises(StoreError, match=r"^s3://nobodys/prefix: there is no such bucket$"):
            ask()


def test_a_server_that_is_away_is_told_in_one_line_without_the_keys() -> None:
    options = BucketOptions(endpoint=f"http://{HOST}:{free_port()}", region="x", access_key="key", secret_key=SECRET)
    octets = open_octets("s3://bucket/prefix", options)
    with pytest.raises(StoreError) as caught:
        octets.put({DIGEST: MAIL})
    assert str(caught.value).startswith("s3://bucket/prefix: ")
    assert "\n" not in str(caught.value)
    assert SECRET not in str(caught.value)


def test_the_usual_variables_say_what_the_configuration_leaves_out(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "eu-central-1"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    octets = open_octets(f"s3://{s3.bucket()}", BucketOptions(endpoint=s3.endpoint))
    octets.put({DIGEST: MAIL})
    assert octets.get(DIGEST) == MAIL


@pytest.mark.parametrize("url", ["s3:///prefix", "https://host/path", "file://elsewhere/path"])
def test_a_place_that_is_not_supported_says_what_was_expected(url: str) -> None:
    with pytest.raises(StoreError, match="expected file:///folder or s3://bucket/prefix"):
        open_octets(url)
