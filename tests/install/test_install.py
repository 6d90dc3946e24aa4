"""install.sh on a folder that looks like a panel: everything in its place, and taken back."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from kit.installation import FEATURES, MODULES, REPO, XML, PanelFolder, answer_features, write


def test_this_checkout_is_installed_whole_and_answers_as_the_panel_asks(tmp_path: Path, wheels: Path) -> None:
    panel = PanelFolder(tmp_path / "root", REPO, wheels)
    panel.install()
    root = panel.root
    for module in MODULES:
        assert (root / module).stat().st_mode & 0o777 == 0o755
        assert (root / module).read_text().splitlines()[
            0
        ] == f"#!{root}/src/pmbill2bill/current/venv/bin/python -IXutf8"
        prepared = root / "src/pmbill2bill/current/features" / (Path(module).name + ".xml")
        assert panel.run(module, "--command", "features") == prepared.read_text()
        assert "<feature " in prepared.read_text()
    assert (root / "addon/bill2bill").stat().st_mode & 0o777 == 0o750
    assert (root / "var/bill2bill").stat().st_mode & 0o777 == 0o700
    for xml in (*(REPO / "etc/xml").glob("*.xml"), REPO / "addon.xml"):
        name = "billmgr_mod_bill2bill.xml" if xml.name == "addon.xml" else xml.name
        assert (root / "etc/xml" / name).read_bytes() == xml.read_bytes()
    assert "journal" in panel.run("sbin/bill2bill", "--help")
    for line in (root / "src/pmbill2bill/current/manifest").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((root / name).read_bytes()).hexdigest() == digest
    assert panel.restarts() == 1


def test_a_second_run_changes_nothing_and_does_not_restart_the_panel(panel: PanelFolder) -> None:
    panel.install()
    before = panel.tree()
    assert "nothing to do" in panel.install()
    assert panel.tree() == before
    assert panel.restarts() == 1


def test_a_dry_run_names_the_files_and_changes_nothing(panel: PanelFolder) -> None:
    before = panel.tree()
    said = panel.install("--dry-run")
    for module, description in MODULES.items():
        assert f"{panel.root}/{module}\n" in said
        assert f"{panel.root}/{description}\n" in said
    assert f"{panel.root}/etc/xml/billmgr_mod_bill2bill.xml" in said
    assert panel.tree() == before
    assert panel.restarts() == 0


def test_upgrades_restart_the_panel_only_for_new_xml_or_features_and_can_be_taken_back(
    panel: PanelFolder,
) -> None:
    panel.install()
    first = panel.current()
    write(panel.checkout / "bill2bill/more.py", "")
    panel.install()
    assert panel.current() != first
    assert panel.restarts() == 1, "only code has changed"

    write(panel.checkout / XML, "<mgrdata><!-- more --></mgrdata>")
    panel.install()
    assert panel.restarts() == 2
    assert "more" in (panel.root / XML).read_text()
    assert len(list((panel.root / "src/pmbill2bill/releases").iterdir())) == 2, (
        "the current one and the one before"
    )

    third = panel.current()
    before = panel.tree()
    panel.install("--rollback", "--dry-run")
    assert panel.tree() == before
    panel.install("--rollback")
    assert panel.restarts() == 3
    assert (panel.root / XML).read_text() == "<mgrdata/>"
    assert panel.run("processing/pmbill2billreg", "--command", "features") == FEATURES
    panel.install("--rollback")
    assert panel.current() == third

    answer_features(panel.checkout, FEATURES.replace("open", "close"))
    panel.install()
    assert panel.restarts() == 5
    assert "close" in panel.run("processing/pmbill2billreg", "--command", "features")


def test_a_release_whose_journal_the_one_before_cannot_use_stays(panel: PanelFolder) -> None:
    """The command line refuses to give the file back: nothing is switched."""
    panel.install()
    answer_features(panel.checkout, FEATURES.replace("open", "close"))
    write(panel.checkout / "bill2bill/state/migrations.py", "VERSION = 5\n")
    panel.install()
    current = panel.current()
    write(panel.root / "var/bill2bill/state.sqlite3", "a journal with purchases")
    assert "cannot use the journal" in panel.install("--rollback", status=10)
    assert panel.current() == current
    assert "close" in panel.run("processing/pmbill2billreg", "--command", "features")
    (panel.root / "var/bill2bill/state.sqlite3").unlink()
    panel.install("--rollback")
    write(panel.root / "var/bill2bill/state.sqlite3", "a journal of the release before")
    panel.install("--rollback")
    assert panel.current() == current, "forward again: the newer release brings the file up to date itself"


def test_a_release_of_domains_only_is_upgraded_to_both_modules_and_back(panel: PanelFolder) -> None:
    """A module that is taken back must leave the panel with its executable, its description and its features:
    else the panel keeps calling it.
    """
    servers, card = "processing/pmbill2bill", MODULES["processing/pmbill2bill"]
    later = [panel.checkout / servers, panel.checkout / card]
    for path in later:
        path.rename(path.with_name("." + path.name))
    panel.install()
    before = panel.tree()
    assert servers not in before
    for path in later:
        path.with_name("." + path.name).rename(path)
    panel.install()
    both = panel.tree()
    assert panel.run(servers, "--command", "features") == FEATURES
    panel.install("--rollback")
    after = panel.tree()
    assert {name for name in after if not name.startswith("src/")} == {
        name for name in before if not name.startswith("src/")
    }
    assert panel.run("processing/pmbill2billreg", "--command", "features") == FEATURES
    assert panel.restarts() == 3
    panel.install("--rollback")
    assert panel.tree() == both
    panel.install("--remove")
    assert not {*MODULES, *MODULES.values()} & set(panel.tree())


def test_files_changed_by_hand_are_kept_beside_the_new_ones(panel: PanelFolder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    write(elsewhere, "not ours")
    (panel.root / "processing/pmbill2billreg").symlink_to(elsewhere)
    write(panel.root / XML, "<mgrdata><!-- of a person --></mgrdata>")
    panel.install()
    assert (panel.root / f"{XML}.saved").read_text() == "<mgrdata><!-- of a person --></mgrdata>"
    assert elsewhere.read_text() == "not ours"
    assert os.readlink(panel.root / "processing/pmbill2billreg.saved") == str(elsewhere)

    write(panel.root / XML, "<mgrdata><!-- again --></mgrdata>")
    said = panel.install()
    assert f"{panel.root}/{XML} as" in said
    assert (panel.root / f"{XML}.saved").read_text() == "<mgrdata><!-- again --></mgrdata>"
    assert (panel.root / f"{XML}.saved.~1~").exists(), "nor is what was kept before lost"
    assert (panel.root / XML).read_text() == "<mgrdata/>"
    assert panel.restarts() == 2


def test_removal_leaves_the_journal_and_what_a_person_wrote(panel: PanelFolder) -> None:
    before = panel.tree()
    panel.install()
    write(panel.root / "var/bill2bill/state.sqlite3", "purchases", 0o600)
    write(panel.root / XML, "<mgrdata><!-- of a person --></mgrdata>")
    said = panel.install("--remove")
    assert f"{panel.root}/var/bill2bill" in said
    left = set(panel.tree()) - set(before)
    assert left == {"var/bill2bill", "var/bill2bill/state.sqlite3", f"{XML}.saved", "src", "addon"}
    assert panel.restarts() == 2
    panel.install("--remove", status=8)
    panel.install("--rollback", status=8)


def test_it_speaks_the_language_of_the_locale(panel: PanelFolder) -> None:
    assert "Usage" in panel.install("--help", lang="C")
    assert "Вызов" in panel.install("--help", lang="ru_RU.UTF-8")
    assert "Неизвестный" in panel.install("--what", lang="ru_RU.UTF-8", status=2)
