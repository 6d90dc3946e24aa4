"""Back to the release before, with its real executables: it never spends from a file that it does not know,
and gets its own file back only while nothing was bought since.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kit.reseller import DomainReseller

from bill2bill.errors import Failure
from bill2bill.sandbox.stage import HOME
from bill2bill.state.connection import put_back

RELEASE_BEFORE = (
    "5ca5de8e375ac28f9a3acafe0a910c8747416962"  # the last commit that writes version 4 of the file
)
VERSION = 4

pytestmark = pytest.mark.cold  # its executables are not those that the warm process has imported


@pytest.fixture(scope="session")
def release_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before")
    archive = subprocess.run(
        ["git", "archive", RELEASE_BEFORE, "bill2bill", "registrar_module"], cwd=HOME, capture_output=True
    )
    if archive.returncode and os.environ.get("CI") != "true":
        pytest.skip("a checkout without history has no release before")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


def returned(shop: DomainReseller, release: Path) -> None:
    """The panel starts the executables of the release before from now on."""
    code = (release / "registrar_module" / shop.module).read_text(encoding="utf-8")
    code = code.replace('os.path.realpath(os.path.join(__file__, "..", ".."))', repr(str(release)))
    path = shop.panel.root / "processing" / shop.module
    path.write_text(f"#!{sys.executable} -IXutf8\n" + code.partition("\n")[2], encoding="utf-8")


def never_upgraded(shop: DomainReseller) -> None:
    """The template has a file of this release already, which holds no purchase."""
    for name in state(shop).glob("state.sqlite3*"):
        name.unlink()


def state(shop: DomainReseller) -> Path:
    return shop.panel.root / "var" / "bill2bill"


def test_the_release_before_buys_nothing_with_a_file_of_this_release(
    shop: DomainReseller, release_before: Path
) -> None:
    shop.bought("first.ru")
    shop.tick_until_quiet()
    returned(shop, release_before)
    shop.bought("second.ru")
    shop.tick()
    shop.tick()
    assert shop.up.charged() == {"first.ru": 1}
    (operation,) = shop.operations()
    assert "state_unusable" in operation["errorxml"]


def test_what_the_release_before_has_begun_goes_on_here_and_there_while_nothing_was_bought(
    shop: DomainReseller, release_before: Path
) -> None:
    this = (shop.panel.root / "processing" / shop.module).read_text(encoding="utf-8")
    never_upgraded(shop)
    returned(shop, release_before)
    shop.settings(settle=600)
    shop.up.fault("domain.order.4", "cut_after")
    item = shop.bought("lost.ru")
    shop.tick()
    shop.journal().db.close()  # brought up to date
    shop.cli("journal", "put-back", str(VERSION))  # as install.sh --rollback does
    shop.up.heal()
    shop.tick_until_quiet()
    assert shop.up.charged() == {"lost.ru": 1}, "finished there, from its own file"
    (shop.panel.root / "processing" / shop.module).write_text(this, encoding="utf-8")
    assert shop.item(item)["status"] == 2
    assert shop.purchase(item, "open").stage.value == "reported"


def test_after_a_purchase_there_is_no_way_back(shop: DomainReseller, release_before: Path) -> None:
    this = (shop.panel.root / "processing" / shop.module).read_text(encoding="utf-8")
    never_upgraded(shop)
    returned(shop, release_before)
    shop.bought("old.ru")
    shop.tick_until_quiet()
    (shop.panel.root / "processing" / shop.module).write_text(this, encoding="utf-8")
    shop.bought("new.ru")
    shop.tick_until_quiet()
    with pytest.raises(Failure, match="bought_since"):
        put_back(state(shop), VERSION)
    assert shop.up.charged() == {"old.ru": 1, "new.ru": 1}
