"""Several copies of a module may run at once (host-protocol 2.1). Flocks die with their holder."""

from __future__ import annotations

import fcntl
import os
import resource
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, List, Optional

from bill2bill.errors import Failure, Raw
from bill2bill.state.private import private_folder, usable

GLANCE = 0.02  # seconds between two looks at a held lock
SPARE_FILES = 256  # that a process opens besides the locks of all items


def _try(path: Path) -> Optional[int]:
    """The descriptor of the locked file, or None if somebody else holds it."""
    handle = _opened(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _opened(path: Path) -> int:
    with usable():
        return os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


@contextmanager
def _room_for(files: int) -> Iterator[None]:
    """Each held lock is an open file, and a panel may have more items than a process may open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files + SPARE_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        yield
        return
    most = hard if hard == resource.RLIM_INFINITY else max(hard, wanted)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))  # root may also raise the hard limit
    except (ValueError, OSError) as error:
        raise Failure("state_unusable", reason=Raw(error)) from error
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, most))


class Locks:
    """Locks of one panel, kept as empty files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with usable():
            for place in (folder.parent, folder):  # never the panel's own var: without it this is no panel
                private_folder(place)

    @contextmanager
    def item(self, item: int, wait: float) -> Iterator[None]:
        """Hold one item for the whole command. Raises item_busy if another keeps it over `wait` seconds."""
        with self._held([self.folder / f"item-{item}"], wait, "item_busy"):
            yield

    @contextmanager
    def all_items(self) -> Iterator[None]:
        """Hold every item that a command has ever held. Raises Failure("item_busy") if one is held now."""
        handles: List[int] = []
        paths = sorted(self.folder.glob("item-*"))
        try:
            with _room_for(len(paths)):
                for path in paths:
                    handle = _try(path)
                    if handle is None:
                        raise Failure("item_busy", detail=path.name)
                    handles.append(handle)
                yield
        finally:
            for handle in handles:
                os.close(handle)

    def is_free(self, item: int) -> bool:
        """Does no command work on this item at this moment?"""
        try:
            with self.item(item, 0):
                return True
        except Failure as failure:
            if failure.code != "item_busy":
                raise
            return False

    @contextmanager
    def at_work(self, name: str) -> Iterator[bool]:
        """Hold a name without waiting: False if somebody else holds it."""
        handle = _try(self.folder / name)
        try:
            yield handle is not None
        finally:
            if handle is not None:
                os.close(handle)

    @contextmanager
    def once(self, name: str, wait: float) -> Iterator[None]:
        """Hold a name (a listing that is refreshed once for all who wait)."""
        with self._held([self.folder / name], wait):
            yield

    @contextmanager
    def request(self, account: str, parallel: int, pace: float, wait: float) -> Iterator[None]:
        """Hold one of an account's `parallel` places; at most `pace` requests a second begin (0: any)."""
        places = [self.folder / f"account-{account}-{place}" for place in range(parallel)]
        with self._held(places, wait):
            self._keep_pace(account, pace)
            yield

    @contextmanager
    def _held(self, places: List[Path], wait: float, busy: str = "account_busy") -> Iterator[None]:
        until = time.monotonic() + wait
        while (handle := next((got for got in map(_try, places) if got is not None), None)) is None:
            if time.monotonic() > until:
                raise Failure(busy, detail=places[0].name)
            time.sleep(GLANCE)
        try:
            yield
        finally:
            os.close(handle)

    def _keep_pace(self, account: str, pace: float) -> None:
        if pace <= 0:
            return
        gap = 1.0 / pace
        with self._held([self.folder / f"pace-{account}"], 60):
            mark = self.folder / f"paced-{account}"
            since = time.time() - mark.lstat().st_mtime if os.path.lexists(mark) else gap
            if 0 <= since < gap:  # a clock that went back never makes us wait
                time.sleep(gap - since)
            handle = _opened(mark)
            os.utime(handle, (time.time(), time.time()))  # the file system's own clock may be a tick behind
            os.close(handle)
