"""install.sh on a folder that looks like a panel: everything in its place, or nothing changed at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import pytest

REPO = Path(__file__).resolve().parent.parent
PYTHON = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
FEATURES = '<doc><features><feature name="open"/></features></doc>'
STAND_IN = '''
import sys
def run(kind, argv, stdin, stdout, stderr, env):
    stdout.write(b"""%s""")
    return %d
'''
MGRCTL = '#!/bin/sh\necho "$@" >>"$(dirname "$0")/../var/mgrctl.calls"\nexit "$(cat "$(dirname "$0")/../var/mgrctl.status" 2>/dev/null || echo 0)"\n'
XML = "etc/xml/billmgr_mod_pmbill2billreg.xml"


@pytest.fixture(scope="session")
def wheels() -> Path:
    """Packages for this Python, made by script/bootstrap as for anybody who works on the project."""
    env = {**os.environ, "PYTHON": PYTHON, **({"VENV": sys.prefix} if sys.prefix != sys.base_prefix else {})}
    subprocess.run([REPO / "script/bootstrap"], env=env, check=True, stdout=subprocess.DEVNULL)
    return REPO / ".cache/wheels"


class Panel:
    """A folder with what the installer expects of a panel; its mgrctl writes down how it was called."""

    def __init__(self, root: Path, checkout: Path, wheels: Path) -> None:
        self.root, self.checkout, self.wheels = root, checkout, wheels
        for folder in ("sbin", "etc/xml", "processing", "var"):
            (root / folder).mkdir(parents=True)
        write(root / "sbin/mgrctl", MGRCTL, 0o755)

    def command(self, *args: str) -> List[str]:
        given = [*args] if "--rollback" in args or "--remove" in args else ["--wheels", str(self.wheels), "--python", PYTHON, *args]
        return [str(self.checkout / "install.sh"), "--root", str(self.root), *given]

    def install(self, *args: str, status: int = 0, lang: str = "C", **env: str) -> str:
        """Run install.sh, which must end with this status; returns what it said."""
        done = subprocess.run(self.command(*args), env={**os.environ, "LC_ALL": lang, **env}, capture_output=True, encoding="utf-8")
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def restarts(self) -> int:
        calls = self.root / "var/mgrctl.calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        assert set(lines) <= {"-m billmgr exit"}
        return len(lines)

    def tree(self) -> Dict[str, Tuple[int, str]]:
        """Every file, folder and link below the panel but for mgrctl's notes: mode, and content or target."""
        return {str(p.relative_to(self.root)): seen(p) for p in self.root.rglob("*") if not p.name.startswith("mgrctl.")}

    def current(self) -> str:
        return os.readlink(self.root / "src/pmbill2bill/current")

    def run(self, name: str, *args: str) -> str:
        """Run an installed executable as the panel would: by its own first line, with hardly any environment."""
        done = subprocess.run([self.root / name, *args], env={"PATH": "/usr/bin:/bin"}, cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout


def write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def seen(path: Path) -> Tuple[int, str]:
    if path.is_symlink():
        return 0, os.readlink(path)
    return path.stat().st_mode, "" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()


def answer_features(checkout: Path, text: str = FEATURES, status: int = 0) -> None:
    write(checkout / "bill2bill/main.py", STAND_IN % (text, status))


def small_checkout(to: Path) -> Path:
    """The installer and the executables as they are, with next to nothing to install, so that it takes a second."""
    for name in ("script", "registrar_module", "addon"):
        shutil.copytree(REPO / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPO / "install.sh", to)
    write(to / "requirements.txt", "idna >= 3.4\n")
    write(to / "bill2bill/__init__.py", '__version__ = "1.2.3"\n')
    write(to / XML, "<mgrdata/>")
    write(to / "addon.xml", "<mgrdata/>")
    answer_features(to)
    return to


@pytest.fixture
def panel(tmp_path: Path, wheels: Path) -> Panel:
    return Panel(tmp_path / "root", small_checkout(tmp_path / "checkout"), wheels)


def test_this_checkout_is_installed_whole_and_answers_as_the_panel_asks(tmp_path: Path, wheels: Path) -> None:
    panel = Panel(tmp_path / "root", REPO, wheels)
    panel.install()
    root = panel.root
    for module in ("processing/pmbill2billreg",):
        assert (root / module).stat().st_mode & 0o777 == 0o755
        assert (root / module).read_text().splitlines()[0] == f"#!{root}/src/pmbill2bill/current/venv/bin/python -IXutf8"
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


def test_a_second_run_changes_nothing_and_does_not_restart_the_panel(panel: Panel) -> None:
    panel.install()
    before = panel.tree()
    assert "nothing to do" in panel.install()
    assert panel.tree() == before
    assert panel.restarts() == 1


def test_a_dry_run_names_the_files_and_changes_nothing(panel: Panel) -> None:
    before = panel.tree()
    said = panel.install("--dry-run")
    assert f"{panel.root}/processing/pmbill2billreg" in said
    assert f"{panel.root}/etc/xml/billmgr_mod_bill2bill.xml" in said
    assert panel.tree() == before
    assert panel.restarts() == 0


def test_upgrades_restart_the_panel_only_for_new_xml_or_features_and_can_be_taken_back(panel: Panel) -> None:
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
    assert len(list((panel.root / "src/pmbill2bill/releases").iterdir())) == 2, "the current one and the one before"

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


def test_files_changed_by_hand_are_kept_beside_the_new_ones(panel: Panel, tmp_path: Path) -> None:
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


def test_removal_leaves_the_journal_and_what_a_person_wrote(panel: Panel) -> None:
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


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 0), ('<doc><error type="x"/></doc>', 0), (FEATURES, 1)],
)
def test_a_release_without_a_good_features_answer_is_not_switched_to(panel: Panel, text: str, status: int) -> None:
    before = panel.tree()
    answer_features(panel.checkout, text, status)
    assert "features" in panel.install(status=6)
    assert panel.tree() == before
    assert panel.restarts() == 0


def test_a_broken_upgrade_leaves_the_running_release_as_it_was(panel: Panel) -> None:
    panel.install()
    before = panel.tree()
    write(panel.checkout / XML, "<mgrdata>")
    panel.install(status=6)
    assert panel.tree() == before
    assert panel.run("processing/pmbill2billreg", "--command", "features") == FEATURES


def test_an_interrupted_installation_leaves_nothing_behind(panel: Panel) -> None:
    before = panel.tree()
    write(panel.checkout / "bill2bill/main.py", f"import time\nopen({str(panel.checkout / 'reached')!r}, 'w').close()\ntime.sleep(1)\n")
    running = subprocess.Popen(panel.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not (panel.checkout / "reached").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list((panel.root / "src/pmbill2bill/releases").iterdir())
    running.send_signal(signal.SIGTERM)
    assert running.wait(30) == 143
    assert panel.tree() == before


def test_packages_that_are_missing_are_noticed_before_the_first_change(panel: Panel, tmp_path: Path) -> None:
    before = panel.tree()
    panel.wheels = tmp_path / "empty"
    panel.wheels.mkdir()
    assert "requirements.txt" in panel.install(status=5)
    assert panel.tree() == before


def test_a_second_installer_is_kept_out(panel: Panel) -> None:
    folder = os.open(panel.root / "etc/xml", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        panel.install(status=7)
    finally:
        os.close(folder)


def test_a_panel_that_does_not_restart_is_told_and_restarted_by_the_next_run(panel: Panel) -> None:
    write(panel.root / "var/mgrctl.status", "1")
    assert "-m billmgr exit" in panel.install(status=9)
    assert panel.run("processing/pmbill2billreg", "--command", "features") == FEATURES
    write(panel.root / "var/mgrctl.status", "0")
    panel.install()
    assert panel.restarts() == 2
    assert "nothing to do" in panel.install()


@pytest.mark.parametrize("lacking", ["sbin/mgrctl", "etc/xml", "processing"])
def test_a_folder_that_is_no_panel_is_refused(panel: Panel, lacking: str) -> None:
    (panel.root / lacking).rename(panel.root / "moved")
    before = panel.tree()
    assert "--root" in panel.install(status=3)
    assert panel.tree() == before


@pytest.mark.parametrize("folder", ["src", "src/pmbill2bill", "addon", "var/bill2bill"])
def test_nothing_is_written_through_a_link_that_leads_out_of_the_panel(panel: Panel, tmp_path: Path, folder: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (panel.root / folder).parent.mkdir(exist_ok=True)
    (panel.root / folder).symlink_to(outside)
    assert str(panel.root / folder) in panel.install(status=3)
    assert not list(outside.iterdir())


@pytest.mark.parametrize("name", ["a b", "$HOME", "x" * 100])
def test_a_folder_that_no_first_line_of_a_script_can_hold_is_refused(panel: Panel, name: str) -> None:
    panel.root = panel.root.rename(panel.root.with_name(name))
    assert str(panel.root) in panel.install(status=3)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


def test_without_the_right_to_write_nothing_is_begun(open_folder: Path, wheels: Path) -> None:
    panel = Panel(open_folder / "root", small_checkout(open_folder / "checkout"), wheels)
    before = panel.tree()
    for path in [panel.root, *panel.root.rglob("*")]:
        path.chmod(0o555)
    as_other = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(panel.command(), capture_output=True, text=True, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, **as_other)
    assert done.returncode == 3, done.stderr
    assert "as root" in done.stderr
    assert set(panel.tree()) == set(before)
    for path in panel.root.rglob("*"):
        path.chmod(0o755)


TOOLS = "awk bash basename cat cp cut df dirname env find flock grep head id mkdir mktemp mv readlink rm sed sha256sum sort stat timeout xargs"


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
def test_without_a_suitable_python_the_package_of_this_system_is_named(panel: Panel, tmp_path: Path, system: str, advice: str) -> None:
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


def test_it_speaks_the_language_of_the_locale(panel: Panel) -> None:
    assert "Usage" in panel.install("--help", lang="C")
    assert "Вызов" in panel.install("--help", lang="ru_RU.UTF-8")
    assert "Неизвестный" in panel.install("--what", lang="ru_RU.UTF-8", status=2)
