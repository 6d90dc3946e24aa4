"""Servers that say exactly what a test wants, byte by byte: in place of a provider, and in front of one."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import Callable, Dict, List, Optional, Union
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Script = Union[bytes, Callable[[socket.socket], None]]


def answer(body: bytes, *headers: str, status: str = "200 OK", length: Optional[int] = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class RawServer:
    """Remembers what it was sent.

    scripts: one per request, the last one for ever; bytes are sent as they are. Several requests may share
    a connection.
    """

    def __init__(self, *scripts: Script, context: Optional[ssl.SSLContext] = None) -> None:
        self.scripts, self.context = list(scripts), context
        self.requests: List[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}/manager/billmgr"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            with connection:
                while self._one(connection):
                    continue
        except (OSError, ssl.SSLError):
            return

    def _one(self, connection: socket.socket) -> bool:
        """False: nothing more comes, or the script wants the connection closed."""
        request = received(connection)
        if not request:
            return False
        self.requests.append(request)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        if isinstance(script, bytes):
            connection.sendall(script)
            return b"Content-Length: " in script.partition(b"\r\n\r\n")[0]
        script(connection)
        return False


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
    """Somebody between the module and the provider: passes requests on, and says what a test wants in place
    of an answer. With TLS and a certificate of its own, which is the file that a connection has to trust
    (ca_file).
    """

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
    return answer(body, "Connection: close", *headers, status=status)


def _asked(raw: bytes) -> Asked:
    head, _, body = raw.partition(b"\r\n\r\n")
    parts = urlsplit(head.split(b"\r\n")[0].decode().split(" ")[1])
    return Asked(parts.path, dict(parse_qsl(parts.query + "&" + body.decode(), keep_blank_values=True)), raw)


def received(connection: socket.socket) -> bytes:
    """One request with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    while lengths and len(body) < lengths[0]:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def certificate(folder: Path, host: str = "127.0.0.1", days: int = 1) -> Path:
    """A certificate that signs itself, with its key, in one file; negative days: it has expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(timezone.utc)
    try:
        alternative: x509.GeneralName = x509.IPAddress(ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{host}{days}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def served_with(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
