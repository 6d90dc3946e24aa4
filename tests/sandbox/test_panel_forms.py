"""Connection forms and tariff forms: drawn by the module, filled by a person, stored as the features say."""

from __future__ import annotations

import base64
import json
import xml.etree.ElementTree as ET

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from kit.sample_module import SamplePanel

MODES = "<slist name='mode'><msg key='live'>mode_live</msg><val key='test'>Test</val></slist>"


def tuned(panel, extra: str) -> None:
    """The module adds to the form what it can: here its metadata stays and options come."""
    metadata = (
        "<metadata><form><field><input name='username' type='text' required='yes'/></field><field><input"
        " name='password' type='password'/></field><field><select name='mode'><if value='test'"
        " hide='username'/></select></field></form></metadata>"
    )
    panel.plan(tune_connection={"stdout": f"<doc>{metadata}{extra}</doc>"})


def test_the_module_draws_the_form_and_checks_what_was_entered(panel):
    panel.instance(scratch="7")
    form = ET.fromstring(panel.seen("tune_connection")[0]["stdin"])
    assert form.get("func") == form.findtext("func") == "processing.add.user"
    assert [control.get("name") for control in form.iter("input")] == ["username", "password", "scratch"]
    assert form.find("metadata").get("name") == "processing.add.user"
    assert form.findtext("messages/msg[@name='mode_live']") == "Live"
    asked = panel.seen("check_connection")[0]
    entered = {node.tag: node.text for node in ET.fromstring(asked["stdin"]).find("processingmodule")}
    assert entered == {
        "id": None,
        "username": "reseller7",
        "password": "s3cret-word",
        "mode": None,
        "scratch": "7",
    }
    assert asked["argv"] == ["--command", "check_connection"]
    assert asked["cwd"] == str(panel.root)


@pytest.mark.both_databases
def test_only_declared_parameters_are_stored_and_secret_ones_encrypted(panel):
    panel.instance(scratch="7")
    stored = panel.form("processing.edit", elid=2)
    assert (stored["username"], stored["password"]) == ("reseller7", "s3cret-word")
    assert "scratch" not in stored
    (value,) = [
        row["value"]
        for row in panel.sql(
            "SELECT value FROM processingcryptedparam WHERE processingmodule = 2 AND intname = 'password'"
        )
    ]
    assert not panel.sql("SELECT 1 FROM processingparam WHERE intname = 'password'")
    key = load_pem_private_key((panel.root / "etc/billmgr.pem").read_bytes(), None)
    assert key.decrypt(base64.b64decode(value), PKCS1v15()) == b"s3cret-word"


def test_passwords_do_not_reach_the_log_of_runs(panel):
    panel.plan(check_connection={"stderr": "login with s3cret-word"})
    panel.instance()
    assert "s3cret-word" not in (panel.root / "var/sandbox/runs.jsonl").read_text()
    assert {run["argv"][2] for run in panel.log("runs")} == {"tune_connection", "check_connection"}


def test_the_form_takes_only_what_it_offers(panel):
    tuned(panel, MODES)
    entry = {"module": "pmsample", "type": "domain", "name": "Second", "password": "p"}
    assert panel.error("sandbox.module.add", **entry, username="u", mode="other") == ("value", "mode")
    assert panel.error("sandbox.module.add", **entry, mode="live") == ("missed", "username")
    assert panel.error("sandbox.module.add", **entry, username="u", colour="red") == ("value", "colour")
    assert panel.seen("check_connection") == []
    hidden = panel.new("sandbox.module.add", **entry, mode="test")
    assert panel.form("processing.edit", elid=hidden)["mode"] == "test"
    shown_first = panel.new("sandbox.module.add", **entry, username="u")
    assert panel.form("processing.edit", elid=shown_first)["mode"] == "live"


def test_a_refused_connection_is_not_stored_and_the_modules_error_is_shown(panel):
    refusal = "<doc><error type='invalid_login_or_passwd' object='password'><msg>No</msg></error></doc>"
    panel.plan(check_connection={"stdout": refusal, "code": 1})
    entry = {"module": "pmsample", "type": "domain", "name": "Second", "username": "u", "password": "p"}
    answer = panel.answer("sandbox.module.add", **entry)
    assert answer.find("error").attrib == {"type": "invalid_login_or_passwd", "object": "password"}
    assert answer.findtext("error/msg") == "No"
    assert len(panel.rows("processing")) == 1


def test_an_edit_shows_what_is_stored_and_keeps_what_is_not_entered(panel):
    panel.call("sandbox.module.set", elid=1, username="another", name="Renamed")
    form = ET.fromstring(panel.seen("tune_connection")[0]["stdin"])
    assert (form.get("func"), form.findtext("elid"), form.findtext("password")) == (
        "processing.edit",
        "1",
        "s3cret-word",
    )
    asked = ET.fromstring(panel.seen("check_connection")[0]["stdin"])
    assert asked.findtext("processingmodule/id") == "1"
    stored = panel.form("processing.edit", elid=1)
    assert (stored["username"], stored["password"], stored["name"]) == ("another", "s3cret-word", "Renamed")


def test_form_calls_come_bare_or_with_every_option(panel):
    panel.call("sandbox.set", call_options="full")
    panel.instance(lang="ru")
    asked = panel.seen("check_connection")[0]["options"]
    assert asked == {"command": "check_connection", "lang": "ru", "level": "29"}
    assert "Боевой" in panel.seen("tune_connection")[0]["stdin"]


def test_a_module_without_form_commands_still_gets_its_parameters(tmp_path):
    kit = SamplePanel.new_in(tmp_path)
    kit.install(
        description="<mgrdata><plugin name='{name}'><group>processing_module</group></plugin></mgrdata>"
    )
    kit.plan(
        features={
            "stdout": (
                "<doc><itemtypes><itemtype name='vds'/></itemtypes><params><param name='url'/></params></doc>"
            )
        }
    )
    instance = kit.new(
        "sandbox.module.add", module="pmsample", type="vds", name="Plain", url="https://api.example"
    )
    assert kit.form("processing.edit", elid=instance)["url"] == "https://api.example"
    assert kit.error("sandbox.module.add", module="pmsample", type="domain", name="Plain") == (
        "value",
        "type",
    )
    assert [run["argv"][2] for run in kit.log("runs")] == ["features"]


@pytest.mark.parametrize(
    ("answer", "object_"),
    [
        ({"stdout": "x<doc/>"}, "output"),
        ({"stdout": " <doc/>"}, "output"),
        ({"stdout": "<doc>"}, "output"),
        ({"stdout": "<!DOCTYPE doc [<!ENTITY a 'b'>]><doc>&a;</doc>"}, "output"),
        ({"stdout": "<doc/>", "code": 2, "stderr": "traceback"}, "exit_code"),
        ({"sleep": 5}, "time_limit"),
    ],
)
def test_a_module_that_breaks_the_protocol_fails_the_form(panel, answer, object_):
    panel.call("sandbox.set", limit_forms="0.4")
    panel.plan(check_connection=answer)
    assert panel.error("sandbox.module.set", elid=1) == ("module", object_)


def test_the_tariff_form_is_the_modules_too(panel):
    form = "<metadata><form><field><select name='remote_tariff'/></field></form></metadata>"
    choices = "<slist name='remote_tariff'><val key='31'>Big</val></slist>"
    panel.plan(pricelist_dynamic_settings_tune={"stdout": f"<doc>{form}{choices}</doc>"})
    tariff = {
        "itemtype": "vds",
        "name": "Big",
        "intname": "big",
        "module": "1",
        "monthly": "9.90",
        "currency": "EUR",
    }
    assert panel.error("sandbox.tariff.add", **tariff, remote_tariff="32") == ("value", "remote_tariff")
    plan = panel.new("sandbox.tariff.add", **tariff, remote_tariff="31")
    assert panel.seen("pricelist_dynamic_settings_tune")[-1]["options"] == {
        "command": "pricelist_dynamic_settings_tune", "module": "1", "itemtype": "vds",
    }  # fmt: skip
    stored = panel.form("pricelist.edit", elid=plan)
    assert (stored["remote_tariff"], stored["intname"], stored["monthly200"]) == ("31", "big", "9.9000")


def test_a_command_can_be_called_by_hand(panel):
    panel.plan(
        whois={"stdout": "<doc><whois>taken</whois></doc>", "stderr": "note", "code": 0},
        check_param={"echo": True, "code": 3},
    )
    done = panel.form("sandbox.call", module="1", command="whois", param="example.test")
    assert json.loads(json.dumps(done["stdout"])) == "<doc><whois>taken</whois></doc>"
    assert (done["code"], done["stderr"]) == ("0", "note")
    assert panel.seen("whois")[0]["options"] == {"command": "whois", "module": "1", "param": "example.test"}
    echoed = panel.form(
        "sandbox.call", module="pmsample", command="check_param", item="5", stdin="<doc><item>5</item></doc>"
    )
    assert (echoed["code"], echoed["stdout"]) == ("3", "<doc><item>5</item></doc>")
    assert "exit_code" in echoed["failure"]
