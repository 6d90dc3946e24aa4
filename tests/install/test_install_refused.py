"""What install.sh refuses: then nothing has changed at all."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Iterator

import pytest
from kit.installation import FEATURES, MODULES, XML, PanelFolder, answer_features, small_checkout, write


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_release_with_one_module_that_does_not_start_is_not_switched_to(
    panel: PanelFolder, module: str
) -> None:
    before = panel.tree()
    name = Path(module).name
    source = next(panel.checkout.glob(f"*/{name}"))
    write(
        source,
        source.read_text().replace("from bill2bill.main import run", "from bill2bill.gone import run"),
        0o755,
    )
    assert f"{name} does not answer" in panel.install(status=6)
    assert panel.tree() == before


@pytest.mark.parametrize("description", sorted([*MODULES.values(), "addon.xml"]))
def test_a_release_without_a_description_is_not_begun(panel: PanelFolder, description: str) -> None:
    before = panel.tree()
    (panel.checkout / description).unlink()
    assert "description" in panel.install(status=6)
    assert panel.tree() == before


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 0), ('<doc><error type="x"/></doc>', 0), (FEATURES, 1)],
)
def test_a_release_without_a_good_features_answer_is_not_switched_to(
    panel: PanelFolder, text: str, status: int
) -> None:
    before = panel.tree()
    answer_features(panel.checkout, text, status)
    assert "features" in panel.install(status=6)
    assert panel.tree() == before
    assert panel.restarts() == 0


def test_a_broken_upgrade_leaves_the_running_release_as_it_was(panel: PanelFolder) -> None:
    panel.install()
    before = panel.tree()
    write(panel.checkout / XML, "<mgrdata>")
    panel.install(status=6)
    assert panel.tree() == before
    assert panel.run("processing/pmbill2billreg", "--command", "features") == FEATURES


def test_an_interrupted_installation_leaves_nothing_behind(panel: PanelFolder) -> None:
    before = panel.tree()
    write(
        panel.checkout / "bill2bill/main.py",
        f"import time\nopen({str(panel.checkout / 'reached')!r}, 'w').close()\ntime.sleep(1)\n",
    )
    running = subprocess.Popen(panel.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not (panel.checkout / "reached").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list((panel.root / "src/pmbill2bill/releases").iterdir())
    running.send_signal(signal.SIGTERM)
    assert running.wait(30) == 143
    assert panel.tree() == before


def test_packages_that_are_missing_are_noticed_before_the_first_change(
    panel: PanelFolder, tmp_path: Path
) -> None:
    before = panel.tree()
    panel.wheels = tmp_path / "empty"
    panel.wheels.mkdir()
    assert "requirements.txt" in panel.install(status=5)
    assert panel.tree() == before


def test_a_second_installer_is_kept_out(panel: PanelFolder) -> None:
    folder = os.open(panel.root / "etc/xml", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        panel.install(status=7)
    finally:
        os.close(folder)


def test_a_panel_that_does_not_restart_is_told_and_restarted_by_the_next_run(panel: PanelFolder) -> None:
    write(panel.root / "var/mgrctl.status", "1")
    assert "-m billmgr exit" in panel.install(status=9)
    assert panel.run("processing/pmbill2billreg", "--command", "features") == FEATURES
    write(panel.root / "var/mgrctl.status", "0")
    panel.install()
    assert panel.restarts() == 2
    assert "nothing to do" in panel.install()


@pytest.mark.parametrize("lacking", ["sbin/mgrctl", "etc/xml", "processing"])
def test_a_folder_that_is_no_panel_is_refused(panel: PanelFolder, lacking: str) -> None:
    (panel.root / lacking).rename(panel.root / "moved")
    before = panel.tree()
    assert "--root" in panel.install(status=3)
    assert panel.tree() == before


@pytest.mark.parametrize("folder", ["src", "src/pmbill2bill", "addon", "var/bill2bill"])
def test_nothing_is_written_through_a_link_that_leads_out_of_the_panel(
    panel: PanelFolder, tmp_path: Path, folder: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (panel.root / folder).parent.mkdir(exist_ok=True)
    (panel.root / folder).symlink_to(outside)
    assert str(panel.root / folder) in panel.install(status=3)
    assert not list(outside.iterdir())


@pytest.mark.parametrize("name", ["a b", "$HOME", "x" * 100])
def test_a_folder_that_no_first_line_of_a_script_can_hold_is_refused(panel: PanelFolder, name: str) -> None:
    panel.root = panel.root.rename(panel.root.with_name(name))
    assert str(panel.root) in panel.install(status=3)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


def test_without_the_right_to_write_nothing_is_begun(open_folder: Path, wheels: Path) -> None:
    panel = PanelFolder(open_folder / "root", small_checkout(open_folder / "checkout"), wheels)
    before = panel.tree()
    for path in [panel.root, *panel.root.rglob("*")]:
        path.chmod(0o555)
    as_other = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(
        panel.command(),
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        **as_other,
    )
    assert done.returncode == 3, done.stderr
    assert "as root" in done.stderr
    assert set(panel.tree()) == set(before)
    for path in panel.root.rglob("*"):
        path.chmod(0o755)


TOOLS = (
    "awk bash basename cat cp cut df dirname env find flock grep head id mkdir mktemp mv readlink rm sed"
    " sha256sum sort stat timeout xargs"
)


@pytest.mark.parametrize(
    ("system", "advice"),
    [
        ('ID=debian\nVERSION_ID="12"', "apt-get install python3 python3-venv"),
        ('ID=ubuntu\nVERSION_ID="20.04"', "apt-get install python3.9 python3.9-venv"),
        ('ID=astra\nVERSION_ID="1.8_x86-64"', "apt-get install python3 python3-venv"),
        ('ID="almalinux"\nVERSION_ID="8.10"', "dnf install python3.11"),
        ('ID="centos"\nVERSION_ID="7"', "--python"),
    ],
)
def test_without_a_suitable_python_the_package_of_this_system_is_named(
    panel: PanelFolder, tmp_path: Path, system: str, advice: str
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in TOOLS.split():
        (tools / tool).symlink_to(str(shutil.which(tool)))
    write(tools / "python3.12", "#!/bin/sh\necho 'python3.12: command not found' >&2\nexit 127\n", 0o755)
    write(tmp_path / "os-release", system)
    before = panel.tree()
    command = [str(panel.checkout / "install.sh"), "--root", str(panel.root)]
    env = {"PATH": str(tools), "LC_ALL": "C", "OS_RELEASE": str(tmp_path / "os-release")}
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 4, done.stderr
    assert advice in done.stderr
    assert panel.tree() == before
