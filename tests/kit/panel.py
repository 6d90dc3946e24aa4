"""A sandbox panel in a folder: made, copied, asked through its real mgrctl, and read in its tables, which are
in SQLite or MariaDB.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple, Type, TypeVar

from bill2bill.sandbox import stage
from bill2bill.sandbox.host import make
from bill2bill.sandbox.host.address import on_server
from bill2bill.sandbox.host.schema import columns

from . import warm
from .databases import Place, tables

SMALL_KEY = 1024  # bits: quick to make
Kind = TypeVar("Kind", bound="Panel")


class Panel(stage.Panel):
    """`call` gives the XML of a function, or raises Said. Parameters are keyword arguments."""

    @classmethod
    def new_in(cls: Type[Kind], root: Path, login: Optional[Mapping[str, str]] = None) -> Kind:
        """login: of a MariaDB server instead of a file."""
        environment = {f"SANDBOX_DB_{name.upper()}": value for name, value in (login or {}).items()}
        make.make(str(root), server=on_server(environment, None) if login else None, key_size=SMALL_KEY)
        warm.executables(root)
        return cls(root)

    def copied(self: Kind, root: Path, place: Optional[Place] = None) -> Kind:
        """A panel of one's own; what was done to set this one up is not in its logs."""
        shutil.copytree(self.root, root)
        warm.executables(root)
        (place or Place(None)).moved(root)
        for name in ("mgrctl", "runs"):
            (root / f"var/sandbox/{name}.jsonl").unlink(missing_ok=True)
        return type(self)(root)

    def plug_in(self, *executables: str) -> None:
        """Executables of the checkout (processing/pmbill2bill), run by this interpreter; their texts."""
        for path in executables:
            code = (stage.HOME / path).read_text().split("\n", 1)[1]
            home = f"import sys; sys.path.insert(0, {str(stage.HOME)!r})"
            target = self.root / path.replace("registrar_module/", "processing/")
            target.write_text(f"#!{sys.executable} -IXutf8\n{home}\n{code}")
            target.chmod(0o755)
            text = "addon.xml" if target.parent.name == "addon" else f"etc/xml/billmgr_mod_{target.name}.xml"
            shutil.copy(stage.HOME / text, self.root / "etc/xml" / f"billmgr_mod_{target.name}.xml")
        warm.executables(self.root)

    # -- what a person or a module asks ----------------------------------------------------------------------

    def mgrctl(self, *words: str, env: Optional[Dict[str, str]] = None) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [str(self.root / "sbin/mgrctl"), "-m", "billmgr", *words],
            capture_output=True,
            env={**os.environ, **(env or {})},
        )

    def answer(self, func: str, **params: object) -> ET.Element:
        """The XML, be it an error."""
        done = self.mgrctl("-o", "xml", func, *(f"{name}={value}" for name, value in params.items()))
        assert done.returncode == 0, done.stderr.decode()
        return ET.fromstring(done.stdout)

    def error(self, func: str, **params: object) -> Tuple[str, str]:
        """Type and object of the error that this call must give."""
        error = self.answer(func, **params).find("error")
        assert error is not None
        return error.get("type") or "", error.get("object") or ""

    def new(self, func: str, secret: Optional[Mapping[str, str]] = None, **params: Any) -> int:
        """The id of what a call made, or of its operation."""
        doc = self.call(func, secret, **params)
        return int(doc.findtext("id") or doc.findtext("operation") or "")

    def row(self, func: str, **params: object) -> Dict[str, str]:
        found = self.rows(func, **params)
        assert len(found) == 1, found
        return found[0]

    def form(self, func: str, **params: object) -> Dict[str, str]:
        return {child.tag: child.text or "" for child in self.call(func, **params)}

    def item(self, number: int) -> Dict[str, str]:
        return self.form("domain.edit", elid=number)

    # -- what is true ----------------------------------------------------------------------------------------

    def sql(self, text: str, *values: object) -> List[Dict[str, Any]]:
        """Rows as a module reads them from the panel's tables."""
        with tables(self.root) as db:
            return db.rows(text, *values)

    def change(self, text: str, *values: object) -> None:
        with tables(self.root) as db:
            db.run(text, *values)

    def log(self, name: str) -> List[Dict[str, Any]]:
        """Calls of mgrctl, or runs of modules."""
        return stage.read_lines(self.root / "var/sandbox" / f"{name}.jsonl")


def copy_rows(db: Any, table: str, column: str, value: int, **changes: object) -> int:
    """Copy the rows of a table where `column` is `value`, with some columns changed; the new row's id."""
    names = [name for name in columns(table) if name != "id"]
    chosen = ", ".join("?" if name in changes else name for name in names)
    given = [changes[name] for name in names if name in changes]
    return (
        db.run(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} WHERE {column} = ?",
            *given,
            value,
        ).lastrowid
        or 0
    )
