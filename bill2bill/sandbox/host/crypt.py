"""Encrypted values (host-protocol 6.4): base64 of an RSA PKCS#1 v1.5 encryption with the panel's key."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

CHUNK = 245  # a 2048-bit key leaves 256 - 11 bytes


def make_key(path: str) -> None:
    """A fresh RSA 2048 key in PEM, readable by its owner only."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        target.write(pem)


def encrypt(key_path: str, text: str) -> str:
    """Raises ValueError for a text of more than 245 bytes. The empty text stays empty."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    data = text.encode()
    if len(data) > CHUNK:
        raise ValueError("too long to be encrypted")
    return base64.b64encode(_key(key_path).public_key().encrypt(data, PKCS1v15())).decode() if data else ""


def decrypt(key_path: str, value: str) -> str:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    return _key(key_path).decrypt(base64.b64decode(value), PKCS1v15()).decode() if value else ""


def _key(path: str) -> RSAPrivateKey:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    with open(path, "rb") as source:
        return cast("RSAPrivateKey", load_pem_private_key(source.read(), None))
