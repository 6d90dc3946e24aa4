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
MODULES = {"processing/pmbill2bill": "etc/xml/billmgr_mod_pmbill2bill.xml", "processing/pmbill2billreg": XML}


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
    for name in ("script", "processing", "registrar_module", "addon"):
        shutil.copytree(REPO / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPO / "install.sh", to)
    write(to / "requirements.txt", "idna >= 3.4\n")
    write(to / "bill2bill/__init__.py", '__version__ = "1.2.3"\n')
    for description in MODULES.values():
        write(to / description, "<mgrdata/>")
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
    for module in MODULES:
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
    for module, description in MODULES.items():
        assert f"{panel.root}/{module}\n" in said
        assert f"{panel.root}/{description}\n" in said
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


def test_a_release_of_domains_only_is_upgraded_to_both_modules_and_back(panel: Panel) -> None:
    """A module that is taken back must leave the panel with its executable, its description and its features: else the panel keeps calling it."""
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
    assert {name for name in after if not name.startswith("src/")} == {name for name in before if not name.startswith("src/")}
    assert panel.run("processing/pmbill2billreg", "--command", "features") == FEATURES
    assert panel.restarts() == 3
    panel.install("--rollback")
    assert panel.tree() == both
    panel.install("--remove")
    assert not {*MODULES, *MODULES.values()} & set(panel.tree())


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_release_with_one_module_that_does_not_start_is_not_switched_to(panel: Panel, module: str) -> None:
    before = panel.tree()
    name = Path(module).name
    source = next(panel.checkout.glob(f"*/{name}"))
    write(source, source.read_text().replace("from bill2bill.main import run", "from bill2bill.gone import run"), 0o755)
    assert f"{name} does not answer" in panel.install(status=6)
    assert panel.tree() == before


@pytest.mark.parametrize("description", sorted([*MODULES.values(), "addon.xml"]))
def test_a_release_without_a_description_is_not_begun(panel: Panel, description: str) -> None:
    before = panel.tree()
    (panel.checkout / description).unlink()
    assert "description" in panel.install(status=6)
    assert panel.tree() == before


@pytest.fixture
def cron(tmp_path: Path) -> Path:
    """A folder that stands for /etc/cron.d, with a job of somebody else."""
    folder = tmp_path / "cron.d"
    write(folder / "php", "9 * * * * root true\n")
    return folder


def jobs(cron: Path) -> Dict[str, str]:
    return {path.name: path.read_text() for path in cron.iterdir()}


def test_the_regular_job_is_one_line_that_cron_can_read(panel: Panel, cron: Path) -> None:
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


def test_the_regular_job_comes_and_goes_with_its_release(panel: Panel, cron: Path) -> None:
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


def test_a_regular_job_that_a_person_wrote_is_kept_where_cron_does_not_run_it(panel: Panel, cron: Path) -> None:
    write(cron / "bill2bill", "of a person", 0o644)
    rehearsed = panel.install("--dry-run", "--cron", str(cron))
    assert f"keep   {cron}/bill2bill as {cron}/.bill2bill.saved" in rehearsed
    assert jobs(cron)["bill2bill"] == "of a person"
    assert "keep" in panel.install("--cron", str(cron))
    assert jobs(cron)[".bill2bill.saved"] == "of a person"
    assert "tick" in jobs(cron)["bill2bill"]
    write(cron / "bill2bill", "again", 0o644)
    panel.install("--remove")
    assert {name: text for name, text in jobs(cron).items() if name != "php"} == {".bill2bill.saved": "again", ".bill2bill.saved.~1~": "of a person"}


def test_a_regular_job_that_cron_would_not_run_is_mended(panel: Panel, cron: Path) -> None:
    panel.install("--cron", str(cron))
    (cron / "bill2bill").chmod(0o666)
    panel.install("--cron", str(cron))
    assert (cron / "bill2bill").stat().st_mode & 0o777 == 0o644
    if os.geteuid() == 0:
        os.chown(cron / "bill2bill", 65534, 65534)
        panel.install("--cron", str(cron))
        assert (cron / "bill2bill").stat().st_uid == 0


@pytest.mark.parametrize(("lang", "word"), [("C", "regular job"), ("ru_RU.UTF-8", "регулярного задания")])
def test_for_a_panel_elsewhere_a_person_is_told_the_line_of_the_regular_job(panel: Panel, lang: str, word: str) -> None:
    line = f"*/5 * * * * root {panel.root}/sbin/bill2bill tick >/dev/null"
    for args in (["--dry-run"], []):
        said = panel.install(*args, lang=lang)
        assert word in said
        assert line in said
    assert "cron" not in "".join(panel.tree())
    assert word in panel.install("--remove", lang=lang)


@pytest.mark.parametrize("folder", ["cron.d/nowhere", "cron.d/php", "root/etc/cron.d", "root", "a b"])
def test_a_folder_that_cannot_hold_the_regular_job_is_refused(panel: Panel, cron: Path, tmp_path: Path, folder: str) -> None:
    (panel.root / "etc/cron.d").mkdir()
    (tmp_path / "a b").mkdir()
    before = panel.tree()
    assert folder in panel.install("--cron", str(tmp_path / folder), status=3)
    assert panel.tree() == before


def test_another_line_for_cron_is_another_release(panel: Panel, cron: Path) -> None:
    panel.install("--cron", str(cron))
    script = panel.checkout / "script/release.sh"
    write(script, script.read_text().replace("*/5 *", "*/7 *"))
    panel.install("--cron", str(cron))
    assert "*/7 *" in jobs(cron)["bill2bill"]


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
