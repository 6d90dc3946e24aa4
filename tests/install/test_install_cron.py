"""The line of the regular job in cron's folder: it comes and goes with its release, and nobody else's line is
lost.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Dict

import pytest
from kit.installation import REPO, PanelFolder, write

pytestmark = pytest.mark.slow  # each installs a release or two


def jobs(cron: Path) -> Dict[str, str]:
    return {path.name: path.read_text() for path in cron.iterdir()}


def test_the_regular_job_is_one_line_that_cron_can_read(panel: PanelFolder, cron: Path) -> None:
    said = panel.install("--cron", str(cron))
    assert f"write  {cron}/bill2bill\n" in said
    file = cron / "bill2bill"
    assert file.stat().st_mode & 0o777 == 0o644
    assert file.stat().st_uid == os.geteuid()
    assert file.read_bytes().endswith(b"\n")
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    assert lines == [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        f"*/5 * * * * root {panel.root}/sbin/bill2bill tick >/dev/null",
    ]
    assert "nothing to do" in panel.install("--cron", str(cron))


def test_the_regular_job_of_this_checkout_is_done_without_a_word(
    tmp_path: Path, wheels: Path, cron: Path
) -> None:
    """As cron does it: by sh, with hardly any environment; what it said would be mailed to root every five
    minutes.
    """
    panel = PanelFolder(tmp_path / "root", REPO, wheels)
    panel.install("--cron", str(cron))
    command = (cron / "bill2bill").read_text().splitlines()[-1].split(" root ", 1)[1]
    done = subprocess.run(
        ["sh", "-c", command], env={"PATH": "/usr/bin:/bin"}, cwd="/", capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (panel.root / "var/bill2bill/state.sqlite3").stat().st_mode & 0o777 == 0o600


def test_the_regular_job_comes_and_goes_with_its_release(panel: PanelFolder, cron: Path) -> None:
    others = jobs(cron)
    panel.install()
    rehearsed = panel.install("--dry-run", "--cron", str(cron))
    assert f"write  {cron}/bill2bill\n" in rehearsed
    assert jobs(cron) == others
    panel.install("--cron", str(cron))
    with_job = jobs(cron)
    assert panel.restarts() == 1, "the panel does not read cron's files"
    assert f"remove {cron}/bill2bill\n" in panel.install("--rollback", "--dry-run")
    assert jobs(cron) == with_job
    panel.install("--rollback")
    assert jobs(cron) == others
    panel.install("--rollback")
    assert jobs(cron) == with_job
    assert "remove it" not in panel.install("--remove")
    assert jobs(cron) == others


def test_a_regular_job_that_a_person_wrote_is_kept_where_cron_does_not_run_it(
    panel: PanelFolder, cron: Path
) -> None:
    write(cron / "bill2bill", "of a person", 0o644)
    rehearsed = panel.install("--dry-run", "--cron", str(cron))
    assert f"keep   {cron}/bill2bill as {cron}/.bill2bill.saved" in rehearsed
    assert jobs(cron)["bill2bill"] == "of a person"
    assert "keep" in panel.install("--cron", str(cron))
    assert jobs(cron)[".bill2bill.saved"] == "of a person"
    assert "tick" in jobs(cron)["bill2bill"]
    write(cron / "bill2bill", "again", 0o644)
    panel.install("--remove")
    assert {name: text for name, text in jobs(cron).items() if name != "php"} == {
        ".bill2bill.saved": "again",
        ".bill2bill.saved.~1~": "of a person",
    }


def test_a_regular_job_that_cron_would_not_run_is_mended(panel: PanelFolder, cron: Path) -> None:
    panel.install("--cron", str(cron))
    (cron / "bill2bill").chmod(0o666)
    panel.install("--cron", str(cron))
    assert (cron / "bill2bill").stat().st_mode & 0o777 == 0o644
    if os.geteuid() == 0:
        os.chown(cron / "bill2bill", 65534, 65534)
        panel.install("--cron", str(cron))
        assert (cron / "bill2bill").stat().st_uid == 0


@pytest.mark.parametrize(("lang", "word"), [("C", "regular job"), ("ru_RU.UTF-8", "регулярного задания")])
def test_for_a_panel_elsewhere_a_person_is_told_the_line_of_the_regular_job(
    panel: PanelFolder, lang: str, word: str
) -> None:
    said = panel.install("--dry-run", lang=lang)
    assert word in said
    assert f"*/5 * * * * root {panel.root}/sbin/bill2bill tick >/dev/null" in said


def test_for_a_panel_elsewhere_a_person_places_the_line_and_removes_it(panel: PanelFolder) -> None:
    assert f"{panel.root}/sbin/bill2bill tick" in panel.install()
    assert "cron" not in "".join(panel.tree())
    assert "regular job" in panel.install("--remove")


@pytest.mark.parametrize("folder", ["cron.d/nowhere", "cron.d/php", "root/etc/cron.d", "root", "a b"])
def test_a_folder_that_cannot_hold_the_regular_job_is_refused(
    panel: PanelFolder, cron: Path, tmp_path: Path, folder: str
) -> None:
    (panel.root / "etc/cron.d").mkdir()
    (tmp_path / "a b").mkdir()
    before = panel.tree()
    assert folder in panel.install("--cron", str(tmp_path / folder), status=3)
    assert panel.tree() == before


def test_another_line_for_cron_is_another_release(panel: PanelFolder, cron: Path) -> None:
    panel.install("--cron", str(cron))
    script = panel.checkout / "script/install-release.sh"
    write(script, script.read_text().replace("*/5 *", "*/7 *"))
    assert f"write  {cron}/bill2bill\n" in panel.install("--dry-run", "--cron", str(cron))
