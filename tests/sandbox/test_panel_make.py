"""Making a panel, and starting it."""

from __future__ import annotations

import json
import sqlite3
import stat
import sys
from pathlib import Path

import pytest
from kit.sample_module import DESCRIPTION, MODULE, SamplePanel, features

from bill2bill.sandbox.host import make
from bill2bill.sandbox.host.schema import tables
from bill2bill.sandbox.stage import read_lines


def test_a_panel_says_in_one_json_line_that_it_is_ready(tmp_path, capsys):
    assert make.main(["--root", str(tmp_path / "mgr5")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {
        "ready": True,
        "root": str(tmp_path / "mgr5"),
        "mgrctl": str(tmp_path / "mgr5/sbin/mgrctl"),
    }


def test_a_panel_has_the_files_that_modules_read(tmp_path):
    kit = SamplePanel.new_in(tmp_path)
    for folder in ("etc/xml", "processing", "addon", "var", "tmp", "skins/common/plugin-logo", "src"):
        assert (tmp_path / folder).is_dir()
    assert stat.S_IMODE((tmp_path / "etc/billmgr.pem").stat().st_mode) == 0o600
    database = (tmp_path / "etc/billmgr.conf.d/db.conf").read_text().splitlines()
    assert database == ["DBType sqlite", f"DBName {tmp_path}/var/sandbox/billmgr.sqlite3"]
    found = {name: value for row in kit.rows("paramlist") for name, value in row.items()}
    assert found == {"DBType": "sqlite", "DBName": f"{tmp_path}/var/sandbox/billmgr.sqlite3"}


def test_a_panel_has_the_directories_of_a_stock_panel(tmp_path):
    kit = SamplePanel.new_in(tmp_path)
    countries = {row["id"]: row["iso2"] for row in kit.rows("country")}
    assert len(countries) == 246
    assert {number: countries[number] for number in ("14", "21", "45", "81", "98", "113", "182", "230",
        "233")} == {
        "14": "AU", "21": "BY", "45": "CN", "81": "DE", "98": "HK", "113": "KZ", "182": "RU", "230": "UA",
        "233": "US",
    }  # fmt: skip
    assert kit.row("currency", elid=126)["iso"] == "RUB"
    assert {"domain", "vds", "dedic", "vhost", "certificate"} <= {
        row["intname"] for row in kit.rows("itemtype")
    }
    assert [row["level"] for row in kit.rows("user")] == ["29", "16"]


def test_the_tables_have_the_columns_that_modules_select(tmp_path):
    SamplePanel.new_in(tmp_path)
    connection = sqlite3.connect(tmp_path / "var/sandbox/billmgr.sqlite3")
    for table, columns in tables().items():
        stored = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        assert stored == ["id"] + [name for name, _ in columns], table
    connection.execute(
        "SELECT i.id, i.processingmodule, i.period, i.status, i.expiredate, t.name AS tld FROM item i"
        " JOIN pricelist p ON p.id = i.pricelist JOIN tld t ON t.id = p.intname WHERE i.id = 1"
    )


def test_a_panel_is_not_made_twice_nor_over_a_real_one(tmp_path, capsys):
    SamplePanel.new_in(tmp_path / "ours")
    assert make.main(["--root", str(tmp_path / "ours")]) == 1
    assert make.main(["--root", str(tmp_path / "ours"), "--force"]) == 0
    real = tmp_path / "real/sbin/mgrctl"
    real.parent.mkdir(parents=True)
    real.write_text("binary")
    assert make.main(["--root", str(tmp_path / "real"), "--force"]) == 1
    assert real.read_text() == "binary"
    assert not (tmp_path / "real/etc").exists()


def test_an_interpreter_with_a_long_path_still_starts_the_panel(tmp_path, monkeypatch):
    folder = tmp_path / ("long " * 30).strip()
    folder.mkdir()
    (folder / "python").symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setattr(make.crypt, "make_key", lambda path, size: Path(path).write_text(""))
    assert SamplePanel.new_in(tmp_path / "mgr5").rows("tld") == []


def test_the_first_call_starts_the_panel_and_the_next_ones_do_not(tmp_path):
    kit = SamplePanel.new_in(tmp_path)
    kit.install()
    assert kit.log("starts") == []
    kit.call("tld")
    kit.call("tld")
    assert [start["modules"] for start in kit.log("starts")] == [{"pmsample": "ready"}]
    kit.call("exit")
    assert len(kit.log("starts")) == 1
    kit.call("tld")
    kit.mgrctl("-R", "tld")
    assert len(kit.log("starts")) == 3
    assert [run["options"] for run in kit.seen("features")] == [{"command": "features"}] * 3


def test_a_module_must_bear_the_name_of_its_files(tmp_path):
    kit = SamplePanel.new_in(tmp_path)
    kit.install("pmone", DESCRIPTION.replace('plugin name="{name}"', 'plugin name="pmother"'))
    kit.install("pmtwo")
    (tmp_path / "processing/pmtwo").unlink()
    kit.install("pmthree")
    (tmp_path / "etc/xml/billmgr_mod_pmbroken.xml").write_text("<mgrdata><plugin")
    (tmp_path / "etc/xml/billmgr_mod_pmdoctype.xml").write_text(
        '<!DOCTYPE m [<!ENTITY a "b">]><mgrdata>&a;</mgrdata>'
    )
    problems = {row["object"]: row["text"] for row in kit.rows("sandbox.problems", kind="start")}
    assert "pmother" in problems["billmgr_mod_pmone.xml"]
    assert "no executable" in problems["billmgr_mod_pmtwo.xml"]
    assert "DOCTYPE" in problems["billmgr_mod_pmdoctype.xml"]
    assert set(problems) == {
        "billmgr_mod_pmone.xml",
        "billmgr_mod_pmtwo.xml",
        "billmgr_mod_pmbroken.xml",
        "billmgr_mod_pmdoctype.xml",
    }
    assert kit.log("starts")[0]["modules"] == {"pmthree": "ready"}


def test_what_is_defined_twice_is_refused(tmp_path):
    kit = SamplePanel.new_in(tmp_path)
    kit.install("pmone")
    kit.plan("pmone", features={"stdout": features("open", "open")})
    kit.install("pmtwo", DESCRIPTION.replace("processing.edit.{name}", "processing.edit.pmone"))
    problems = [(row["object"], row["text"]) for row in kit.rows("sandbox.problems")]
    assert ("pmone", "feature open is declared twice") in problems
    assert ("pmtwo", "metadata processing.edit.pmone is defined twice") in problems
    assert kit.error("sandbox.module.add", module="pmone", type="domain", name="One") == ("missed", "module")


def test_a_module_that_cannot_say_its_features_is_healed_by_its_makefile(tmp_path):
    kit = SamplePanel.new_in(tmp_path)
    kit.install("pmbroken", script="#!/bin/sh\nexit 3\n")
    kit.install("pmhealed", script="#!/bin/sh\nexit 3\n")
    source = tmp_path / "src/pmhealed"
    source.mkdir()
    (source / "good").write_text(MODULE.format(python=sys.executable))
    (source / "Makefile").write_text("install-only:\n\tcp good ../../processing/pmhealed\n")
    kit.call("tld")
    assert kit.log("starts")[0]["modules"] == {"pmbroken": "failed", "pmhealed": "ready"}
    assert "exit_code" in kit.row("sandbox.problems")["text"]


def test_a_module_that_calls_back_during_the_start_finds_no_panel(tmp_path):
    kit = SamplePanel.new_in(tmp_path)
    kit.install()
    kit.plan(features={"stdout": features("open"), "calls": [["tld"]], "careless": True})
    kit.call("tld")
    assert [(call["ssh_connection"], call["error"]) for call in kit.log("mgrctl")] == [
        ("pmsample", "client"),
        ("", None),
    ]


def test_many_first_calls_at_once_make_one_start(tmp_path):
    import subprocess

    kit = SamplePanel.new_in(tmp_path)
    kit.install()
    running = [
        subprocess.Popen([str(tmp_path / "sbin/mgrctl"), "tld"], stdout=subprocess.PIPE) for _ in range(6)
    ]
    assert [process.wait() for process in running] == [0] * 6
    for process in running:
        process.stdout.close()
    assert len(kit.log("starts")) == 1
    assert len(read_lines(tmp_path / "var/sandbox/mgrctl.jsonl")) == 6


@pytest.mark.parametrize("function", ["sandbox.order", "service.postopen", "domain.open"])
def test_calls_before_anything_is_set_up_are_plain_errors(tmp_path, function):
    kit = SamplePanel.new_in(tmp_path)
    assert kit.error(function, elid=77, sok="ok")[0] in {"value", "missed"}
