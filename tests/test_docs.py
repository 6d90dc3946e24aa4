"""docs/ and the panel's descriptions say what the code does."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from kit import spending

from bill2bill.admin.describe import FILES
from bill2bill.commands import COMMANDS
from bill2bill.config import CONNECTIONS, OPTIONS, TARIFF
from bill2bill.errors import CODES
from bill2bill.journal.kinds import KINDS
from bill2bill.journal.purchase import Question
from bill2bill.messages.questions import PHRASES

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", sorted(FILES))
def test_generated_files_are_fresh(name):
    assert (ROOT / name).read_bytes() == FILES[name](), "run: python -m bill2bill.admin.describe"


def test_every_failure_in_the_code_is_a_known_one_with_its_placeholders_filled():
    used = set()
    for path in (ROOT / "bill2bill").rglob("*.py"):
        if path.relative_to(ROOT).parts[1] in ("sandbox", "messages", "errors.py"):
            continue
        text = path.read_text(encoding="utf-8")
        for code in re.findall(r"(?:Failure|Refused|NotSent|NoAnswer|PanelError)\(\s*\"(\w+)\"", text):
            assert code in CODES, f"{path.name}: {code}"
        used |= set(re.findall(r"\"(\w+)\"", text))
    by_question = {f"in_doubt_{question.value}" for question in Question}
    assert used | by_question >= set(CODES), sorted(set(CODES) - used)


@pytest.mark.parametrize(
    "path", [ROOT / "addon.xml", *sorted((ROOT / "etc" / "xml").glob("*.xml"))], ids=lambda path: path.name
)
def test_descriptions_for_the_panel_have_the_same_texts_in_both_languages(path):
    texts = {
        lang.get("name"): {
            (block.get("name"), message.get("name"))
            for block in lang.iter("messages")
            for message in block.iter("msg")
        }
        for lang in ET.parse(path).getroot().iter("lang")
    }
    assert set(texts) == {"en", "ru"}
    assert texts["en"] == texts["ru"]


def test_every_command_of_the_module_has_its_file_and_every_file_its_command():
    home = ROOT / "bill2bill" / "commands"
    files = {
        path.relative_to(home)
        for path in home.rglob("*.py")
        if "\ndef run(context" in path.read_text(encoding="utf-8")
    }
    assert files == {
        Path(command.file.replace(".", "/") + ".py")
        for commands in COMMANDS.values()
        for command in commands.values()
    }


def test_every_kind_of_purchase_has_its_question_and_its_word_on_the_page_of_doubts():
    words = {message.get("name") for message in ET.parse(ROOT / "addon.xml").iter("msg")}
    for kind in KINDS:
        assert f"asked_{kind}" in PHRASES
        assert kind in words


def test_every_command_of_the_command_line_has_help_and_is_documented():
    def commands(*words):
        text = subprocess.run(
            [sys.executable, "-m", "bill2bill", *words, "--help"],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={"COLUMNS": "200", "TERM": "dumb"},
        ).stdout
        return re.findall(r"^[│|] (\w+)\s+(\S.*?)\s*[│|]$", text, re.MULTILINE)

    documented = "\n".join(
        path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    )
    found = [(f"{group} {name}", told) for group, _ in commands() for name, told in commands(group)]
    alone = [
        (name, told)
        for name, told in commands()
        if not any(words.startswith(f"{name} ") for words, _ in found)
    ]
    assert {"journal list", "sandbox panel", "tick"} <= {words for words, _ in [*found, *alone]}
    for words, told in [*found, *alone]:
        assert told
        assert f"bill2bill {words}" in documented, f"bill2bill {words}"


# -- documents written by hand -------------------------------------------------------------------------------

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
FOR_ADMINISTRATORS = ["README.md", "README.ru.md", "docs/administrator.md", "docs/administrator.ru.md"]
IN_TWO_LANGUAGES = [("README.md", "README.ru.md"), ("docs/administrator.md", "docs/administrator.ru.md")]
FENCED = re.compile(r"^```$.*?^```$", re.MULTILINE | re.DOTALL)


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def codes(text):
    """What stands in `code` outside of blocks."""
    return set(re.findall(r"`([^`\n]+)`", FENCED.sub("", text)))


def commands_in(text):
    """The commands in blocks, without comments and quoted reasons."""
    lines = "\n".join(FENCED.findall(text)).splitlines()
    return [
        re.sub(r'\s+#.*|"[^"]*"', "", line).strip()
        for line in lines
        if re.match(r"(\./install\.sh|script/|sbin/|/usr/local/mgr5/sbin/)", line)
    ]


def anchors(path):
    """The names of a page's headings, as repository hosts make them."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCED.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        found = (page.parent / name).resolve() if name else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


def test_every_document_is_in_the_index():
    index = read("docs/README.md")
    missing = [
        page.name
        for page in (ROOT / "docs").glob("*.md")
        if page.name not in ("README.md",) and f"]({page.name})" not in index
    ]
    decisions = read("docs/decisions/README.md")
    missing += [
        page.name
        for page in (ROOT / "docs" / "decisions").glob("0*.md")
        if f"]({page.name})" not in decisions
    ]
    assert missing == []


@pytest.mark.parametrize("name", FOR_ADMINISTRATORS)
def test_an_administrator_reads_only_of_settings_errors_and_commands_that_exist(name):
    fields = {field.name for fields in CONNECTIONS.values() for field in fields} | {
        field.name for field in TARIFF
    }
    known = set(CODES) | fields | set(OPTIONS) | {name for commands in COMMANDS.values() for name in commands}
    assert {code for code in codes(read(name)) if re.fullmatch(r"[a-z]+(_[a-z]+)+", code)} <= known


@pytest.mark.parametrize("name", FOR_ADMINISTRATORS)
def test_an_administrator_is_told_only_options_that_exist(name):
    places = [
        "install.sh", "script/bootstrap", "script/rehearsal/__main__.py", "bill2bill/admin/cli.py",
        "bill2bill/sandbox/host/make.py",
        "bill2bill/sandbox/upstream/serve.py",
    ]  # fmt: skip
    known = set(re.findall(r"--[a-z][a-z-]*", "\n".join(map(read, places))))
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", read(name))) <= known


@pytest.mark.parametrize("names", IN_TWO_LANGUAGES, ids=lambda names: names[0])
def test_both_languages_name_the_same_things_and_the_same_commands(names):
    english, russian = map(read, names)
    assert codes(english) == codes(russian)
    assert commands_in(english) == commands_in(russian)
    assert len(anchors(ROOT / names[0])) == len(anchors(ROOT / names[1]))


def rows_of_proof():
    """The table of docs/proof.md: the first cell and the last one of each row."""
    rows = [
        line.strip("|").split(" | ") for line in read("docs/proof.md").splitlines() if line.startswith("| `")
    ]
    assert {len(cells) for cells in rows} == {7}
    return [(cells[0], cells[-1]) for cells in rows]


def test_every_way_to_buy_has_its_row_in_the_table_of_proofs():
    told = [re.findall(r"`(\w+)`: .* \(`(\S+)` `(\w+)`\)", purchase) for purchase, _ in rows_of_proof()]
    deals = {(f"commands/{file}", name) for ((_, file, name),) in told}
    assert deals == {tuple(deal) for deal in spending.deals(spending.package())}
    assert {kind for ((kind, _, _),) in told} == set(KINDS)


def test_what_is_said_of_proofs_is_held_by_tests_that_exist():
    for purchase, held in rows_of_proof():
        assert len(re.findall(r"`\S+\.py` `\w+`", held)) >= 4, purchase
    for file, name in re.findall(r"`(\w+/\S+\.py)` `(test_\w+)`", read("docs/proof.md")):
        assert f"\ndef {name}(" in read(f"tests/{file}"), name


def test_the_commands_of_the_readme_can_be_run():
    programs = {
        line.split()[0] for line in commands_in(read("README.md")) if not line.startswith("/usr/local/mgr5/")
    }
    assert {"script/try", "script/test", "./install.sh"} <= programs
    for program in programs:
        assert os.access(ROOT / program, os.X_OK), program
    assert all(
        line.split()[0].endswith("/sbin/bill2bill")
        for line in commands_in(read("README.md"))
        if line.startswith("/usr/local/mgr5/")
    )
