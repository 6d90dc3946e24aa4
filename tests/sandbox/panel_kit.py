"""A sandbox panel with a sample module in it, driven through its real mgrctl."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, Dict, List, Optional

from kit import warm
from kit.databases import tables

from bill2bill.sandbox.host import make
from bill2bill.sandbox.host.address import on_server

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


class Kit:
    """A panel's folder. Parameters of a call are keyword arguments; a name with a dot is written with two
    underscores.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def mgrctl(self, *words: str, env: Optional[Dict[str, str]] = None) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [str(self.root / "sbin/mgrctl"), "-m", "billmgr", *words],
            capture_output=True,
            env={**os.environ, **(env or {})},
        )

    def call(self, func: str, **params: object) -> ET.Element:
        """The XML answer, be it an error."""
        done = self.mgrctl("-o", "xml", func, *(f"{name}={value}" for name, value in params.items()))
        assert done.returncode == 0, done.stderr.decode()
        return ET.fromstring(done.stdout)

    def ok(self, func: str, **params: object) -> ET.Element:
        doc = self.call(func, **params)
        assert doc.find("error") is None, ET.tostring(doc, "unicode")
        return doc

    def id(self, func: str, **params: object) -> int:
        doc = self.ok(func, **params)
        return int(doc.findtext("id") or doc.findtext("operation") or "")

    def error(self, func: str, **params: object) -> tuple[str, str]:
        """Type and object of the error that this call must give."""
        error = self.call(func, **params).find("error")
        assert error is not None
        return error.get("type") or "", error.get("object") or ""

    def rows(self, func: str, **params: object) -> List[Dict[str, str]]:
        return [
            {column.tag: column.text or "" for column in elem}
            for elem in self.ok(func, **params).iterfind("elem")
        ]

    def row(self, func: str, **params: object) -> Dict[str, str]:
        found = self.rows(func, **params)
        assert len(found) == 1, found
        return found[0]

    def form(self, func: str, **params: object) -> Dict[str, str]:
        return {child.tag: child.text or "" for child in self.ok(func, **params)}

    def item(self, number: int) -> Dict[str, str]:
        return self.form("domain.edit", elid=number)

    def sql(self, text: str, *values: object) -> List[Dict[str, Any]]:
        """Rows as a module reads them from the panel's tables."""
        with tables(self.root) as db:
            return db.rows(text, *values)

    def log(self, name: str) -> List[Dict[str, Any]]:
        return lines(self.root / "var/sandbox" / f"{name}.jsonl")

    # -- the module --

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
        found = lines(self.root / "var" / f"{name}.seen")
        for run in found:
            run["options"] = dict(zip([word[2:] for word in run["argv"][::2]], run["argv"][1::2]))
        return [run for run in found if run["options"]["command"] == command]

    # -- what a person does again and again --

    def instance(self, **fields: str) -> int:
        entered = {"username": "reseller7", "password": "s3cret-word", **fields}
        return self.id("sandbox.module.add", module="pmsample", type="domain", name="Sample", **entered)

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
        return self.id("sandbox.order", itemtype="domain", pricelist=1, **order)

    def opened(self) -> int:
        item = self.ordered()
        self.ok("sandbox.pay", elid=item)
        assert self.row("sandbox.tick")["result"] == "gone"
        return item


def lines(path: Path) -> List[Dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def fresh(root: Path, login: Optional[Dict[str, str]] = None) -> Kit:
    """login: of a MariaDB server instead of a file."""
    environment = {f"SANDBOX_DB_{name.upper()}": value for name, value in (login or {}).items()}
    make.make(str(root), server=on_server(environment, None) if login else None, key_size=1024)
    warm.executables(root)
    return Kit(root)


def shop(root: Path, login: Optional[Dict[str, str]] = None) -> Kit:
    """A panel that sells .test through the sample module."""
    kit = fresh(root, login)
    kit.install()
    kit.instance()
    kit.ok("sandbox.tld.add", name="test", whois_find_string="not exist")
    kit.ok(
        "sandbox.tariff.add", itemtype="domain", name="Test", module=1, tld="test", annually=500, monthly=50
    )
    return kit
