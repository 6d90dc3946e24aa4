"""A panel and a provider as real processes, for rehearsals, tests and benchmarks."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import urllib.request
import xml.etree.ElementTree as ET
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Dict, List, Mapping, Optional, Type

HOME = Path(__file__).resolve().parents[2]  # the folder that holds the package


class Said(Exception):
    """The panel answered with an error. type and text are its own words."""

    def __init__(self, error: ET.Element) -> None:
        self.type, self.object = error.get("type", ""), error.get("object", "")
        self.text = (error.findtext("msg") or "").strip()
        super().__init__(f"{self.type} {self.object} {self.text}")


class Panel:
    """A sandbox panel in a folder; what a person does there is `call("sandbox.…")`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def make(cls, root: Path, server: Optional[Mapping[str, str]] = None, *options: str) -> Panel:
        """server: host, port, socket, user, password, name of a MariaDB database for its tables instead of a
        file. options: of `bill2bill sandbox panel`.
        """
        code = (
            f"import sys; sys.path.insert(0, {str(HOME)!r}); from bill2bill.sandbox.host.make import main;"
            " sys.exit(main(sys.argv[1:]))"
        )
        words = [
            sys.executable,
            "-I",
            "-c",
            code,
            "--root",
            str(root),
            *(["--database", "mysql"] if server else []),
            *options,
        ]
        login = {f"SANDBOX_DB_{name.upper()}": value for name, value in (server or {}).items()}
        subprocess.run(words, env={**os.environ, **login}, check=True, stdout=subprocess.DEVNULL)
        return cls(root.resolve())

    def call(self, func: str, secret: Optional[Mapping[str, str]] = None, **params: Any) -> ET.Element:
        """One call of mgrctl; secrets travel in the environment. Raises Said."""
        hidden = {f"SANDBOX_{number}": value for number, value in enumerate((secret or {}).values())}
        words = [f"{name}={value}" for name, value in params.items()]
        for name, variable in zip(secret or {}, hidden):
            words += ["-e", f"{name}=${variable}"]
        done = subprocess.run(
            [str(self.root / "sbin" / "mgrctl"), "-m", "billmgr", "-o", "xml", func, *words],
            env={**os.environ, **hidden}, cwd=self.root, capture_output=True, check=False,
        )  # fmt: skip
        doc = ET.fromstring(
            done.stdout or f"<doc><error type='mgrctl'><msg>{done.returncode}</msg></error></doc>"
        )
        error = doc.find("error")
        if error is not None:
            raise Said(error)
        return doc

    def new(self, func: str, secret: Optional[Mapping[str, str]] = None, **params: Any) -> int:
        """The id of what a call made."""
        return int(self.call(func, secret, **params).findtext("id") or 0)

    def rows(self, func: str, **params: Any) -> List[Dict[str, str]]:
        return [
            {field.tag: field.text or "" for field in row}
            for row in self.call(func, **params).findall("elem")
        ]

    def calls(self) -> List[Dict[str, Any]]:
        """Every call of mgrctl so far, as the panel wrote it down."""
        return read_lines(self.root / "var" / "sandbox" / "mgrctl.jsonl")


class Provider:
    """A sandbox provider in a process of its own. Use as a context manager, or let it run on."""

    errors: ClassVar[Optional[int]] = (
        None  # its stderr; None: ours, which whoever reads it sees open as long as the provider runs
    )

    def __init__(self, folder: Path, *options: str) -> None:
        code = (
            f"import sys; sys.path.insert(0, {str(HOME)!r}); from bill2bill.sandbox.upstream.serve import"
            " main; sys.exit(main(sys.argv[1:]))"
        )
        words = [sys.executable, "-I", "-c", code, "--port", "0", "--state", str(folder), *options]
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, stderr=self.errors
        )
        assert self.process.stdout is not None
        self.ready: Dict[str, Any] = json.loads(self.process.stdout.readline())
        self.url, self.control, self.ca_file, self.folder = (
            self.ready["url"],
            self.ready["control"],
            self.ready["ca_file"] or "",
            folder,
        )
        trust = ssl.create_default_context(cafile=self.ca_file or None)
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        ).open

    def __enter__(self) -> Provider:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.stop()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        if self.process.stdout:
            self.process.stdout.close()

    def get(self, name: str) -> Any:
        with self._open(self.control + name, timeout=30) as answer:
            return json.load(answer)

    def post(self, control: str, /, **data: object) -> Any:
        request = urllib.request.Request(
            self.control + control, json.dumps(data).encode(), {"Content-Type": "application/json"}
        )
        with self._open(request, timeout=30) as answer:
            return json.load(answer)


def read_lines(path: Path) -> List[Dict[str, Any]]:
    """A file of JSON lines; [] if it is not there yet."""
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )
