"""Tells when the files that people edit have changed, so that nobody has to restart or to signal anything.

The trap is a watch that went blind without a word. A folder that was renamed away and put back is another folder, the
kernel's watches may be used up, and a network drive tells nothing of what others write. So what the kernel says is only
a hint to look at once: beside it the files are looked at every few seconds, and a watch that fails is told and remade.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from watchfiles import awatch

from mailtriage import log

_log = log.get("watching")
LOOK_SECONDS = 2.0
"""How often the files are looked at while nothing is heard of them."""
QUIET_SECONDS = 0.3
"""Several files saved within a moment are one change: it is told once nothing has happened for so long."""
_PATIENCE = 20
"""So many times is waited for that quiet: a change is told by then, even if saving goes on."""


@dataclass(frozen=True)
class Watched:
    """The folders whose files matter, by the endings of their names (".yaml"), and single files."""

    folders: tuple[Path, ...]
    endings: tuple[str, ...]
    files: tuple[Path, ...] = ()

    def places(self) -> Mapping[Path, int]:
        """The folders to watch, with their inodes; for a file its own, for editors replace a file by renaming another.

        Raises:
            OSError: none is there.
        """
        found: dict[Path, int] = {}
        for place in dict.fromkeys((*self.folders, *(file.parent for file in self.files))):
            with contextlib.suppress(OSError):
                found[place] = place.stat().st_ino
        if not found:
            raise FileNotFoundError
        return found

    def stamp(self) -> frozenset[tuple[Path, int, int, int]]:
        """Name, inode, size and time of the last change of each file that is there."""
        found = []
        for path in self._there():
            with contextlib.suppress(OSError):
                seen = path.stat()
                found.append((path, seen.st_ino, seen.st_size, seen.st_mtime_ns))
        return frozenset(found)

    def _there(self) -> Iterable[Path]:
        yield from self.files
        for folder in self.folders:
            with contextlib.suppress(OSError):
                yield from (path for path in folder.iterdir() if path.suffix in self.endings)


class Watch:
    """Calls `changed` once for each change, whatever happens to the folders meanwhile."""

    def __init__(self, watched: Watched, changed: Callable[[], Awaitable[object]]) -> None:
        self._watched = watched
        self._changed = changed
        self._seen = watched.stamp()
        self._lost = False

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until `stop` is set."""
        while not stop.is_set():
            try:
                await self._listen(stop)
            except Exception as error:  # noqa: BLE001 - whatever the kernel or the library has against it, looking works
                if not self._lost:
                    _log.warning("watch_lost", why=log.cause(error), looking_every_seconds=LOOK_SECONDS)
                self._lost = True
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
            await self._look()

    async def _listen(self, stop: asyncio.Event) -> None:
        """Hear of changes until the folders are others than those that are listened to."""
        places = await asyncio.to_thread(self._watched.places)
        heard = awatch(
            *places,
            watch_filter=None,
            recursive=False,
            rust_timeout=int(LOOK_SECONDS * 1000),
            yield_on_timeout=True,
            stop_event=stop,
        )
        async for _ in heard:
            if self._lost:
                _log.info("watch_resumed")
            self._lost = False
            await self._look()
            if await asyncio.to_thread(self._watched.places) != places:
                return

    async def _look(self) -> None:
        seen = await asyncio.to_thread(self._watched.stamp)
        if seen == self._seen:
            return
        # An editor may move the old file away before it writes the new one: between them half the rules are there.
        for _ in range(_PATIENCE):
            await asyncio.sleep(QUIET_SECONDS)
            before, seen = seen, await asyncio.to_thread(self._watched.stamp)
            if seen == before:
                break
        # Before it is told: what changes while it is being read is another change.
        self._seen = seen
        await self._changed()
