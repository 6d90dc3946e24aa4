"""A test certificate authority: valid requests, keys and certificates that no client trusts.
Needs the package cryptography.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Mapping, Sequence, Tuple

MONTH = timedelta(days=30)


def request(subject: Mapping[str, str], names: Sequence[str]) -> Tuple[str, str]:
    """(csr, key) in PEM; names are further host names."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    known = {
        "CN": NameOID.COMMON_NAME, "O": NameOID.ORGANIZATION_NAME, "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "L": NameOID.LOCALITY_NAME,
        "ST": NameOID.STATE_OR_PROVINCE_NAME, "field_country": NameOID.COUNTRY_NAME,
        "emailAddress": NameOID.EMAIL_ADDRESS,
    }  # fmt: skip
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(known[name], value) for name, value in subject.items() if value])
    )
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False
        )
    csr = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return csr.public_bytes(Encoding.PEM).decode(), private.decode()


def common_name(csr: str) -> str:
    """Raises ValueError unless it is a PEM request with exactly one common name."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    names = x509.load_pem_x509_csr(csr.encode()).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(names) != 1:
        raise ValueError("a request has one common name")
    return str(names[0].value)


def issue(csr: str, months: int) -> str:
    """The certificate for the request, in PEM. The signing key is not kept."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    asked, now = x509.load_pem_x509_csr(csr.encode()), datetime.now(timezone.utc)
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sandbox provider: trust nothing of this")])
    builder = (
        x509.CertificateBuilder().subject_name(asked.subject).issuer_name(issuer)
        .public_key(asked.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now).not_valid_after(now + months * MONTH)
    )  # fmt: skip
    return (
        builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )
