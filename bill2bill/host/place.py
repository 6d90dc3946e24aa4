"""Which panel this is: its folder, its machine, its key."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from bill2bill.errors import Failure, Phrase, Raw

KEY = Raw("etc/billmgr.pem")
MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def machine_id() -> str:
    """The operating system's id of this machine; "" if it has none: only the folder tells copies apart."""
    for path in MACHINE_IDS:
        try:
            found = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if found:
            return found
    return ""


def installation_key(root: Path) -> bytes:
    """32 secret bytes of this panel alone, from its private key (etc/billmgr.pem, host-protocol 1.2)."""
    try:
        pem = (root / KEY).read_bytes()
    except OSError as error:
        raise Failure("panel_data", object=KEY, reason=Raw(error.strerror or error)) from error
    if not pem.strip():
        raise Failure("panel_data", object=KEY, reason=Phrase("empty"))
    return hashlib.sha256(b"bill2bill installation\0" + pem).digest()


def installation_id(key: bytes) -> str:
    """Eight hex digits that name this panel in contacts at the upstream; tells nothing of the key."""
    return hashlib.sha256(b"id\0" + key).hexdigest()[:8]


def do_nothing(root: Path) -> bool:
    """`etc/billmgr.DoNothing`: a copy that must not touch the outside world (host-protocol 1.2)."""
    return os.path.lexists(root / "etc" / "billmgr.DoNothing")  # a link to nowhere says it too
