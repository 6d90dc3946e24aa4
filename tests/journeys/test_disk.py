"""The disk of the journal is full, or read-only: nothing is sent, or what was sent is found again later, and
the panel is told what is wrong.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Iterator

import pytest
from kit.waiting import wait_for

from .purchases import Paid, each_with

pytestmark = pytest.mark.slow

SIZE = 2 * 1024 * 1024
PAGE = 4096


class Disk:
    """A small file system of its own for the folder of our state."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ballast = folder, folder / "ballast"
        before = folder.rename(folder.with_name("before"))
        folder.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", str(folder)],
            capture_output=True, text=True, check=False
        )  # fmt: skip
        if mounted.returncode:
            pytest.skip(f"a file system cannot be mounted here: {mounted.stderr.strip()}")
        shutil.copytree(before, folder, dirs_exist_ok=True)
        folder.chmod(0o700)

    def fill(self, pages: int = 0) -> None:
        """Leave room for so many pages."""
        with open(self.ballast, "wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(PAGE)):
                pass
        assert shutil.disk_usage(self.folder).free == 0
        os.truncate(self.ballast, self.ballast.stat().st_size - pages * PAGE)

    def empty(self) -> None:
        self.ballast.unlink()

    def remount(self, how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.folder)], check=True)

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@pytest.fixture
def disk(paid: Paid) -> Iterator[Disk]:
    made = Disk(paid.shop.panel.root / "var" / "bill2bill")
    yield made
    made.close()


def told(paid: Paid) -> None:
    """The operation waits for its next try, and says what is wrong."""
    (operation,) = paid.shop.operations()
    assert "state_unusable" in operation["errorxml"]


def test_on_a_full_disk_nothing_is_sent_and_afterwards_it_is_bought_once(paid: Paid, disk: Disk):
    disk.fill()
    for _ in range(2):
        paid.shop.tick()
        told(paid)
    assert paid.requests == 0
    disk.empty()
    restarted(paid)
    assert paid.requests == 1


def restarted(paid: Paid) -> None:
    """Started once more by whoever it waits for, it is bought once. Without its journal nobody counts tries,
    so it may be a person's.
    """
    for row in paid.shop.operations():
        if row["manual"] == "on":
            paid.shop.restart(row["id"])
    paid.shop.tick_until_quiet()
    assert (paid.charges, paid.shop.operations()) == (1, [])
    assert paid.shop.item(paid.item)["status"] == 2


def test_a_disk_that_is_full_after_any_number_of_pages_sends_once_at_most(paid: Paid, disk: Disk):
    """One item for each number of pages that are left when its process begins."""
    shop = paid.shop
    shop.up.post("balance", balance="90000.00", **({"account": 4411} if paid.kind.shop == "shop" else {}))
    rooms = (1, 3, 5, 8)
    prepared = {room: paid.another(paid.name(room)) for room in rooms}
    ends = {}
    for room, one in prepared.items():
        disk.fill(room)
        ends[room] = shop.run(paid.kind.command, *one).wait(60)
        disk.empty()
    assert set(ends.values()) <= {0, 1}
    assert 1 in ends.values(), "some had too little room"
    restarted_all(paid)
    names = [row["name"] for row in shop.up.get("ledger") if row["kind"] == paid.kind.charge]
    assert sorted(names) == sorted(paid.name(number) for number in (0, *rooms)), ends
    assert shop.operations() == []


def restarted_all(paid: Paid) -> None:
    for row in paid.shop.operations():
        if row["manual"] == "on":
            paid.shop.restart(row["id"])
    paid.shop.tick_until_quiet(parallel=2)


def test_a_disk_that_fills_while_the_request_is_on_its_way_is_paid_once(paid: Paid, disk: Disk):
    paid.fault("slow", when="before", seconds=1)
    child = paid.run()
    paid.sent()
    disk.fill()
    wait_for(lambda: paid.charges)
    assert child.wait(60) in (0, 1)
    paid.shop.tick()
    assert paid.requests == 1
    disk.empty()
    restarted(paid)
    assert paid.requests == 1


def test_in_a_folder_that_became_read_only_nothing_is_sent(paid: Paid, disk: Disk):
    disk.remount("ro")
    paid.shop.tick()
    told(paid)
    assert paid.requests == 0
    disk.remount("rw")
    restarted(paid)
    assert paid.requests == 1


@each_with("carried_out", True, False, False, True)
def test_what_was_sent_before_the_folder_became_read_only_is_not_sent_again_in_it(
    paid: Paid, disk: Disk, carried_out: bool
):
    paid.lose(carried_out=carried_out)
    disk.remount("ro")
    paid.shop.up.heal()
    for _ in range(2):
        paid.shop.tick()
    assert paid.requests == 1
    disk.remount("rw")
    restarted(paid)
    assert paid.requests == (1 if carried_out else 2)
