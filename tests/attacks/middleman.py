"""Somebody between the module and the provider: passes requests on, and says what a test wants in place of an
answer, byte by byte.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, List, Optional, Union
from urllib.parse import parse_qsl, urlsplit

from contract.rawserver import certificate, received, served_with

Script = Union[bytes, Callable[[socket.socket], None]]


@dataclass(frozen=True)
class Asked:
    """One request. path without its query; params of query and body."""

    path: str
    params: Dict[str, str]
    raw: bytes

    @property
    def func(self) -> str:
        return self.params.get("func", self.path)


@dataclass
class Trick:
    """What happens to the requests that `meant` is true of.

    carried_out  the provider gets the request, and may charge for it
    script       sent in place of the answer: bytes, or whatever is done with the socket
    rewrite      makes another body of the provider's; the request is carried out then
    times        how often; None: always
    """

    meant: Callable[[Asked], bool]
    script: Optional[Script] = None
    carried_out: bool = False
    rewrite: Optional[Callable[[bytes], bytes]] = None
    times: Optional[int] = None


class Middleman:
    """With TLS and a certificate of its own, which is the file that a connection has to trust (ca_file)."""

    def __init__(self, provider_url: str, folder: Path) -> None:
        self.provider = urlsplit(provider_url)
        self.ca_file = str(certificate(folder))
        self._context = served_with(Path(self.ca_file))
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.origin = f"https://127.0.0.1:{self.port}"
        self.tricks: List[Trick] = []
        self.asked: List[Asked] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self.origin}{self.provider.path}"

    def close(self) -> None:
        self._listener.close()

    def honest(self) -> None:
        """From now on everything is passed on unchanged."""
        self.tricks, self.asked = [], []

    def answers(
        self,
        meant: Callable[[Asked], bool],
        script: Script,
        *,
        carried_out: bool = False,
        times: Optional[int] = None,
    ) -> None:
        self.tricks.append(Trick(meant, script, carried_out, None, times))

    def rewrites(self, meant: Callable[[Asked], bool], rewrite: Callable[[bytes], bytes]) -> None:
        self.tricks.append(Trick(meant, None, True, rewrite, None))

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(60)
            with self._context.wrap_socket(connection, server_side=True) as secure:
                self._one(secure)
        except (OSError, ssl.SSLError):
            return  # the module went away: that is its right

    def _one(self, connection: socket.socket) -> None:
        raw = received(connection)
        if not raw:
            return
        asked = _asked(raw)
        with self._lock:
            self.asked.append(asked)
            trick = self._trick(asked)
        body = self._passed_on(raw) if trick is None or trick.carried_out else b""
        if trick is None:
            connection.sendall(said(body))
        elif trick.rewrite:
            connection.sendall(said(trick.rewrite(body)))
        elif isinstance(trick.script, bytes):
            connection.sendall(trick.script)
        elif trick.script:
            trick.script(connection)

    def _trick(self, asked: Asked) -> Optional[Trick]:
        found = next((one for one in self.tricks if one.times != 0 and one.meant(asked)), None)
        if found and found.times is not None:
            found.times -= 1
        return found

    def _passed_on(self, raw: bytes) -> bytes:
        head, _, body = raw.partition(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        provider = http.client.HTTPConnection(str(self.provider.hostname), self.provider.port, timeout=30)
        try:
            provider.request(
                method, target, body or None, {"Content-Type": "application/x-www-form-urlencoded"}
            )
            return provider.getresponse().read()
        finally:
            provider.close()


def said(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An answer as it stands on the wire; the connection closes after it."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _asked(raw: bytes) -> Asked:
    head, _, body = raw.partition(b"\r\n\r\n")
    parts = urlsplit(head.split(b"\r\n")[0].decode().split(" ")[1])
    return Asked(parts.path, dict(parse_qsl(parts.query + "&" + body.decode(), keep_blank_values=True)), raw)
