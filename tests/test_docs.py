"""docs/ and the panel's descriptions say what the code does."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bill2bill.admin.describe import FILES
from bill2bill.commands import REGISTRAR
from bill2bill.config import CONNECTION, OPTIONS
from bill2bill.errors import PROBLEMS

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", sorted(FILES))
def test_generated_files_are_fresh(name):
    assert (ROOT / name).read_bytes() == FILES[name](), "run: python -m bill2bill.admin.describe"


def test_every_placeholder_of_a_text_stands_in_both_languages():
    for code, problem in PROBLEMS.items():
        assert sorted(set(re.findall(r"__(\w+?)__", problem.en))) == sorted(set(re.findall(r"__(\w+?)__", problem.ru))), code


def test_every_text_for_people_exists_in_russian_and_english():
    for field in CONNECTION:
        assert re.search("[а-яё]", field.ru + field.hint_ru, re.IGNORECASE), field.name
        assert field.en, field.name
        assert field.hint_en, field.name
    for name, (_, _, en, ru) in OPTIONS.items():
        assert en, name
        assert re.search("[а-яё]", ru), name
    for code, problem in PROBLEMS.items():
        assert re.search("[а-яё]", problem.ru), code
        assert not re.search("[а-яё]", problem.en), code


def test_every_failure_in_the_code_is_a_known_one_with_its_placeholders_filled():
    used = set()
    for path in (ROOT / "bill2bill").rglob("*.py"):
        if "sandbox" in path.parts:
            continue
        for code in re.findall(r"(?:Failure|Refused|NotSent|NoAnswer|PanelError)\(\s*\"(\w+)\"", path.read_text(encoding="utf-8")):
            assert code in PROBLEMS, f"{path.name}: {code}"
            used.add(code)
    assert used >= set(PROBLEMS) - {"in_doubt_open", "in_doubt_prolong"}, sorted(set(PROBLEMS) - used)


@pytest.mark.parametrize("path", [ROOT / "addon.xml", *sorted((ROOT / "etc" / "xml").glob("*.xml"))], ids=lambda path: path.name)
def test_descriptions_for_the_panel_have_the_same_texts_in_both_languages(path):
    texts = {
        lang.get("name"): {(block.get("name"), message.get("name")) for block in lang.iter("messages") for message in block.iter("msg")}
        for lang in ET.parse(path).getroot().iter("lang")
    }
    assert set(texts) == {"en", "ru"}
    assert texts["en"] == texts["ru"]


def test_every_command_of_the_module_has_its_file_and_every_file_its_command():
    files = {path.stem for path in (ROOT / "bill2bill" / "commands").glob("*.py") if "\ndef run(world" in path.read_text(encoding="utf-8")}
    assert files == set(REGISTRAR)


def test_every_command_of_the_command_line_has_help_and_is_documented():
    def commands(*words):
        text = subprocess.run(
            [sys.executable, "-m", "bill2bill", *words, "--help"], capture_output=True, text=True, cwd=ROOT, env={"COLUMNS": "200", "TERM": "dumb"}
        ).stdout
        return re.findall(r"^[│|] (\w+)\s+(\S.*?)\s*[│|]$", text, re.MULTILINE)

    documented = "\n".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    for group, _ in commands():
        listed = commands(group)
        assert listed, group
        for name, told in listed:
            assert told
            assert f"bill2bill {group} {name}" in documented, f"bill2bill {group} {name}"
