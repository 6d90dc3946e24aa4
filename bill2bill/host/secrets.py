"""Encrypted values of the panel: base64 of RSA PKCS#1 v1.5 with the panel's key (host-protocol 6.4)."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, Mapping

from bill2bill.errors import Failure
from bill2bill.host.mgrctl import Mgrctl, PanelError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers


def decrypt(value: str, key_path: Path) -> str:
    """The clear text of a stored value; an empty one stays empty. Raises Failure("panel_key").

    key_path  the panel's private key in PEM, `etc/billmgr.pem` or the parameter CryptKey
    """
    if not value:
        return ""
    # slow to import, and many commands need no secret
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        # Not validated: it is the panel's own, and the test of its primes takes longer than everything else
        # that a command does.
        key = load_pem_private_key(key_path.read_bytes(), password=None, unsafe_skip_rsa_key_validation=True)
        if not isinstance(key, RSAPrivateKey):
            raise Failure("panel_key", detail="not an RSA key")
        return _unpadded(base64.b64decode("".join(value.split()), validate=True), key.private_numbers())
    except (OSError, ValueError, TypeError, binascii.Error, UnsupportedAlgorithm) as error:
        raise Failure("panel_key", detail=type(error).__name__) from error


def reveal(
    stored: Mapping[str, str], key_path: Path, ask_panel: Callable[[], Mapping[str, str]]
) -> Dict[str, str]:
    """All stored values in clear. If one cannot be decrypted, the panel is asked for all (host-protocol 9
    #18).

    Raises Failure("panel_key") if the panel cannot tell either, "panel_unreachable" if it does not answer.
    """
    try:
        return {name: decrypt(value, key_path) for name, value in stored.items()}
    except Failure as undecipherable:
        try:
            shown = ask_panel()
        except PanelError as error:
            detail = f"{undecipherable.detail}; processing.edit: {error.params['reason']}"
            raise Failure("panel_key", detail=detail) from error
        if any(value and not shown.get(name) for name, value in stored.items()):
            raise
        return {name: shown.get(name, "") for name in stored}


def shown_by_panel(mgrctl: Mgrctl, module: int) -> Dict[str, str]:
    """The connection's form: one node per parameter, passwords readable (host-protocol 5.7)."""
    form = mgrctl.call("processing.edit", {"elid": str(module)})
    return {str(node.tag): node.text or "" for node in form if isinstance(node.tag, str)}


def _unpadded(sealed: bytes, key: RSAPrivateNumbers) -> str:
    """RSAES-PKCS1-v1_5 by RFC 8017, 7.2.2. ValueError if the value was not encrypted with this key.

    Not by the library: the OpenSSL behind it may answer a value of another key with random text in place of
    an error (its defence of servers against padding oracles), and that text would be sent to the upstream as
    a password.
    """
    size = (key.public_numbers.n.bit_length() + 7) // 8
    number = int.from_bytes(sealed, "big")
    if len(sealed) != size or number >= key.public_numbers.n:
        raise ValueError("not of this key")
    block = _power(number, key).to_bytes(size, "big")
    filler, _, text = block[2:].partition(b"\0")
    if block[:2] != b"\0\2" or len(filler) < 8 or b"\0" in text:
        raise ValueError("not of this key")
    return text.decode("utf-8")


def _power(number: int, key: RSAPrivateNumbers) -> int:
    """number ** d mod n by the Chinese remainder theorem (RFC 8017, 5.1.2), in a third of pow()'s time."""
    first, second = pow(number, key.dmp1, key.p), pow(number, key.dmq1, key.q)
    return second + key.iqmp * (first - second) % key.p * key.q
