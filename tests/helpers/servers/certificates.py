"""Certificates of every kind for servers on this machine, good ones and bad ones."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
FAULTS = {
    "expired": "has expired",
    "early": "is not valid yet",
    "of another": "is another host's",
    "self-signed": "is signed by nobody but itself",
    "of strangers": "is signed by nobody we know",
}
"""The bad kinds, and what is said of them."""


class Authority:
    """Issues certificates; `file` is what clients are to trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ours = trustme.CA()
        self.file = folder / "authority.pem"
        self._ours.cert_pem.write_to_path(str(self.file))

    def context(self, kind: str) -> ssl.SSLContext:
        """Return the context of a server on 127.0.0.1 whose certificate is `good` or of one of the bad kinds."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if kind == "self-signed":
            context.load_cert_chain(self._self_signed())
            return context
        authority = trustme.CA() if kind == "of strangers" else self._ours
        host = "other.example" if kind == "of another" else HOST
        now = datetime.now(UTC)
        begins = now + timedelta(days=2) if kind == "early" else now - timedelta(days=9)
        ends = now - timedelta(days=1) if kind == "expired" else now + timedelta(days=9)
        authority.issue_cert(host, not_before=begins, not_after=ends).configure_cert(context)
        return context

    def renew(self, context: ssl.SSLContext) -> None:
        """Give a server that runs a good certificate from its next connection on."""
        self._ours.issue_cert(HOST).configure_cert(context)

    def _self_signed(self) -> Path:
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=9))
            .not_valid_after(now + timedelta(days=9))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
            .sign(key, hashes.SHA256())
        )
        kept = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = self._folder / "self-signed.pem"
        path.write_bytes(kept + certificate.public_bytes(serialization.Encoding.PEM))
        return path
