"""A sandbox panel with a sample module, which writes down how it was called and does as its plan says."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

from bill2bill.sandbox.stage import read_lines

from . import warm
from .panel import Panel

# Writes down how it was called, calls the panel as its plan says, prints and ends as its plan says.
MODULE = """#!{python} -IXutf8
import json, os, sys, time
name = os.path.basename(sys.argv[0])
options = dict(zip([word[2:] for word in sys.argv[1::2]], sys.argv[2::2]))
command = options["command"]
with open("tmp/" + name + ".json") as source:
    plan = json.load(source).get(command, {{}})
stdin = sys.stdin.buffer.read()
with open("var/" + name + ".seen", "a") as seen:
    call = {{"argv": sys.argv[1:], "stdin": stdin.decode(), "cwd": os.getcwd(), "env": dict(os.environ)}}
    seen.write(json.dumps(call) + "\\n")
time.sleep(plan.get("sleep", 0))
for call in plan.get("calls", []):
    import subprocess
    words = [word.format(**options) for word in call]
    words = ["sbin/mgrctl", "-m", "billmgr", "-o", "xml", *words]
    done = subprocess.run(words, capture_output=True, env={{**os.environ, "SSH_CONNECTION": name}})
    if (done.returncode or b"<error" in done.stdout) and not plan.get("careless"):
        sys.stderr.write(done.stderr.decode() + done.stdout.decode())
        sys.exit(1)
sys.stdout.buffer.write(stdin if plan.get("echo") else plan.get("stdout", "").encode())
sys.stderr.write(plan.get("stderr", ""))
sys.exit(plan.get("code", 0))
"""

DESCRIPTION = """<mgrdata>
  <plugin name="{name}"><group>processing_module</group><params><type name="domain"/></params></plugin>
  <metadata name="processing.edit.{name}" type="form"><form title="name"><page name="connect">
    <field name="username"><input type="text" name="username" required="yes"/></field>
    <field name="password"><input type="password" name="password" required="yes" private="yes"/></field>
    <field name="mode"><select name="mode"/></field>
    <field name="scratch"><input type="text" name="scratch"/></field>
  </page></form></metadata>
  <metadata name="pricelist.{name}" type="form"><form>
    <field name="remote_tariff"><select name="remote_tariff"/></field>
  </form></metadata>
  <lang name="en"><messages name="processing.edit.{name}"><msg name="mode_live">Live</msg></messages></lang>
  <lang name="ru"><messages name="processing.edit.{name}"><msg name="mode_live">Боевой</msg></messages></lang>
</mgrdata>
"""

FEATURES = (
    "<doc><itemtypes><itemtype name='domain'/><itemtype name='vds'/></itemtypes><params><param"
    " name='username'/><param name='password' crypted='yes'/><param"
    " name='mode'/></params><features>{}</features></doc>"
)
PLAIN = (
    "check_connection",
    "tune_connection",
    "open",
    "transfer",
    "suspend",
    "resume",
    "close",
    "setparam",
    "prolong",
    "sync_item",
)
ASKED = (
    "get_contact_type",
    "tune_service_profile",
    "validate_service_profile",
    "whois",
    "update_ns",
    "getbalance",
    "cancel_prolong",
)
TYPES = (
    "<doc ns='require'"
    " auth_code='require'><contact_type>owner</contact_type><contact_type>admin</contact_type></doc>"
)
SETTINGS = ("pricelist_dynamic_settings", "pricelist_dynamic_settings_tune")


def features(*names: str) -> str:
    return FEATURES.format("".join(f"<feature name='{name}'/>" for name in names))


def plan(**changes: Dict[str, Any]) -> Dict[str, Any]:
    """What a well-behaved registrar does."""
    usual: Dict[str, Any] = {
        "features": {"stdout": features(*PLAIN, *ASKED, *SETTINGS)},
        "tune_connection": {"echo": True},
        "tune_service_profile": {"echo": True},
        "pricelist_dynamic_settings_tune": {"echo": True},
        "check_connection": {"stdout": "<doc/>"},
        "get_contact_type": {"stdout": TYPES},
        "whois": {"stdout": "<doc><whois>registered to somebody</whois></doc>"},
        "open": {"calls": [["domain.open", "elid={item}", "sok=ok"]]},
        "transfer": {"calls": [["domain.open", "elid={item}", "sok=ok"]]},
    }
    for command in ("suspend", "resume", "close", "setparam", "prolong"):
        usual[command] = {"calls": [[f"service.post{command}", "elid={item}", "sok=ok"]]}
    usual["update_ns"] = {"calls": [["service.postupdatens", "elid={item}", "sok=ok"]]}
    return {**usual, **changes}


class SamplePanel(Panel):
    """Sells .test through the sample module."""

    # -- the module ------------------------------------------------------------------------------------------

    def install(self, name: str = "pmsample", description: str = DESCRIPTION, script: str = MODULE) -> None:
        executable = self.root / "processing" / name
        executable.write_text(script.format(python=sys.executable))
        executable.chmod(0o755)
        warm.executables(self.root)
        (self.root / "etc/xml" / f"billmgr_mod_{name}.xml").write_text(description.format(name=name))
        self.plan(name)

    def plan(self, name: str = "pmsample", **changes: Dict[str, Any]) -> None:
        (self.root / "tmp" / f"{name}.json").write_text(json.dumps(plan(**changes)))

    def seen(self, command: str, name: str = "pmsample") -> List[Dict[str, Any]]:
        """Runs of one command as the module saw them; `options` are its arguments."""
        found = read_lines(self.root / "var" / f"{name}.seen")
        for run in found:
            run["options"] = dict(zip([word[2:] for word in run["argv"][::2]], run["argv"][1::2]))
        return [run for run in found if run["options"]["command"] == command]

    # -- what a person does again and again ------------------------------------------------------------------

    def instance(self, **fields: str) -> int:
        entered = {"username": "reseller7", "password": "s3cret-word", **fields}
        return self.new("sandbox.module.add", module="pmsample", type="domain", name="Sample", **entered)

    def ordered(self, **changes: str) -> int:
        """An order of example.test with one contact for all types."""
        fields = {
            "owner_firstname": "Ivan",
            "owner_lastname": "Ivanov",
            "owner_email": "ivan@example.com",
            "owner_location_country": "182",
        }
        order = {
            "domain": "example.test",
            "ns0": "ns1.example.net",
            "ns1": "ns2.example.net",
            "period": "12",
            **fields,
            **changes,
        }
        return self.new("sandbox.order", itemtype="domain", pricelist=1, **order)

    def opened(self) -> int:
        item = self.ordered()
        self.call("sandbox.pay", elid=item)
        assert self.row("sandbox.tick")["result"] == "gone"
        return item


def selling(root: Path, login: Optional[Mapping[str, str]] = None) -> SamplePanel:
    """A panel that sells .test through the sample module."""
    panel = SamplePanel.new_in(root, login)
    panel.install()
    panel.instance()
    panel.call("sandbox.tld.add", name="test", whois_find_string="not exist")
    panel.call(
        "sandbox.tariff.add", itemtype="domain", name="Test", module=1, tld="test", annually=500, monthly=50
    )
    return panel
