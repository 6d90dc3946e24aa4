"""Encrypted values (host-protocol 6.4): base64 of an RSA PKCS#1 v1.5 encryption with the panel's key."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

KEY_SIZE = 2048  # bits
PADDING = 11  # bytes of an encrypted text that are not its own (PKCS#1 v1.5)


def make_key(path: str, size: int = KEY_SIZE) -> None:
    """A fresh RSA key in PEM, readable by its owner only."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=size)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        target.write(pem)


def encrypt(key_path: str, text: str) -> str:
    """Raises ValueError for a text of more than 245 bytes (key of 2048 bits). The empty text stays empty."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    data = text.encode()
    if not data:
        return ""
    key = _key(key_path).public_key()
    if len(data) > key.key_size // 8 - PADDING:
        raise ValueError("too long to be encrypted")
    return base64.b64encode(key.encrypt(data, PKCS1v15())).decode()


def decrypt(key_path: str, value: str) -> str:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    return _key(key_path).decrypt(base64.b64decode(value), PKCS1v15()).decode() if value else ""


def _key(path: str) -> RSAPrivateKey:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    with open(path, "rb") as source:  # a key of our own needs no proof that it is one
        key = load_pem_private_key(source.read(), None, unsafe_skip_rsa_key_validation=True)
    return cast("RSAPrivateKey", key)
