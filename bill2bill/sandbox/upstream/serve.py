"""The command line of the sandbox provider: start it, say when it listens, stop it on SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import json
import os
import signal
import ssl
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Dict, List, Optional

from bill2bill.sandbox.upstream.engine.dialect import Dialect
from bill2bill.sandbox.upstream.engine.site import Site
from bill2bill.sandbox.upstream.engine.web import Server

USER, PASSWORD = "SANDBOX_UPSTREAM_USER", "SANDBOX_UPSTREAM_PASSWORD"


def main(argv: List[str]) -> int:
    """Serve until a signal comes. Prints one line of JSON on stdout when it listens; 0 after a clean stop, 2
    for a wrong call.
    """
    parser = _parser()
    options = parser.parse_args(argv)
    folder = Path(options.state or tempfile.mkdtemp(prefix="sandbox-upstream-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        site = Site(_dialect(options.dialect), options.user, options.password, folder, _settings(options))
        ca_file, context = _secure(folder, options.host) if options.tls else (None, None)
        server = Server((options.host, options.port), site, context)
    except KeyError as unknown:
        parser.error(f"there is no switch {unknown}")
    except (ValueError, OSError) as wrong:
        parser.error(str(wrong))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    with server:
        _say_ready(server, site.dialect.url, options.host, ca_file, folder)
        server.serve_forever(poll_interval=0.1)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bill2bill sandbox upstream",
        description="A provider of services to test against: nothing in it is real.",
    )
    parser.add_argument(
        "--dialect",
        choices=["4", "6"],
        default="4",
        help="version of the BILLmanager that is played (6: also 5)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 picks a free one (default)")
    parser.add_argument(
        "--tls", action="store_true", help="HTTPS with a test authority made in the state folder"
    )
    parser.add_argument(
        "--state",
        metavar="DIR",
        help="folder for ledger.jsonl, requests.jsonl and certificates (default: a new temporary one)",
    )
    parser.add_argument(
        "--user",
        default=os.environ.get(USER, "reseller"),
        help=f"login of the customer (default ${USER}, else reseller)",
    )
    parser.add_argument(
        "--password",
        default=os.environ.get(PASSWORD, "secret"),
        help=f"its password (default ${PASSWORD}, else secret)",
    )
    parser.add_argument(
        "--allow-ip",
        action="append",
        default=[],
        metavar="IP",
        help="address that may log in; may be repeated (default: any)",
    )
    parser.add_argument(
        "--play",
        choices=["bm4", "bm6", "html"],
        help="who answers: the dialect's own, a strange version, a plain web site",
    )
    parser.add_argument(
        "--switch",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a switch at the start; VALUE is a word or JSON",
    )
    return parser


def _settings(options: argparse.Namespace) -> Dict[str, object]:
    given = dict(text.partition("=")[::2] for text in options.switch)
    play = {"play": options.play} if options.play else {}
    return {**play, "allowed_ips": options.allow_ip, **{name: _value(text) for name, text in given.items()}}


def _dialect(version: str) -> Dialect:
    if version == "6":
        from bill2bill.sandbox.upstream.billmgr6.dialect import DIALECT as six

        return six
    from bill2bill.sandbox.upstream.billmgr4.dialect import DIALECT as four

    return four


def _value(text: str) -> Any:
    """JSON where it is a number, a list or an object; otherwise the word as it stands (decimals are
    words).
    """
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, float) or value is None else value


def _secure(folder: Path, host: str) -> Any:
    from bill2bill.sandbox.upstream.engine import tls  # cryptography is needed for --tls only

    ca_file, server_file = tls.make(folder, host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_file)
    return ca_file, context


def _say_ready(server: Server, path: str, host: str, ca_file: Optional[Path], folder: Path) -> None:
    shown = f"[{host}]" if ":" in host else host
    base = f"{'https' if ca_file else 'http'}://{shown}:{server.server_port}"
    ready = {
        "ready": True,
        "url": base + path,
        "control": f"{base}/_sandbox/",
        "ca_file": str(ca_file.resolve()) if ca_file else None,
        "pid": os.getpid(),
        "state": str(folder.resolve()),
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
