"""Verification of certificates, with a record of the fault, so that the outlet's rule can be applied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from OpenSSL import SSL
from OpenSSL.crypto import X509
from twisted.internet import _sslverify
from twisted.internet.ssl import CertificateOptions, platformTrust
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

if TYPE_CHECKING:
    from twisted.protocols.tls import TLSMemoryBIOProtocol

UNVERIFIED = "unverified"
"""Key of a request's `meta` for the certificate fault on the way to its response; also the prefix of a response flag.
"""
RULE = "unverified_rule"
"""Key of a request's `meta` for the outlet's rule, a `db.enums.collection.CertificateRule`; None for the default."""
_WORDS = {
    9: "is not valid yet",
    10: "has expired",
    18: "is signed by nobody but itself",
    19: "is signed by nobody we know",
    20: "is signed by nobody we know",
    21: "is signed by nobody we know",
    23: "was withdrawn",
}
_WRONG_HOST = "is another host's"


_system: Callable[[], Any] = platformTrust


def trust_system() -> CertificateOptions:
    """Return the options that trust the system's authorities (SSL_CERT_FILE overrides them)."""
    return CertificateOptions(trustRoot=_system(), fixBrokenPeers=True)


@implementer(IPolicyForHTTPS)
class VerifyingPolicy:
    """Policy that verifies one connection; `fault` is the problem with the certificate, if any."""

    def __init__(self, options: CertificateOptions) -> None:
        self._options = options
        self.fault: str | None = None

    def creatorForNetloc(self, hostname: bytes, port: int) -> _NotingContext:
        """Return what makes the connection; see IPolicyForHTTPS."""
        return _NotingContext(self._options._makeTLSConnection, hostname.decode("ascii"), self._note)

    def _note(self, fault: str) -> None:
        self.fault = self.fault or fault


class _NotingContext(_sslverify.ClientTLSOptions):
    """Twisted's verification, extended to report the reason of a failure."""

    def __init__(
        self, create: Callable[[TLSMemoryBIOProtocol], SSL.Connection], host: str, note: Callable[[str], None]
    ) -> None:
        super().__init__(create, host)
        self._note = note

    def clientConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        connection = super().clientConnectionForTLS(tlsProtocol)
        judge = _sslverify._verifyCB(tlsProtocol, self._hostnameIsDnsName, self._hostnameASCII)

        def verify(conn: SSL.Connection, certificate: X509, error: int, depth: int, is_good: int) -> bool:
            is_accepted = judge(conn, certificate, error, depth, bool(is_good))
            if not is_accepted:
                self._note(_WRONG_HOST if is_good else _WORDS.get(error, f"is not valid (OpenSSL: {error})"))
            return is_accepted

        connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, verify)
        return connection


def find_fault(flags: Any) -> str | None:
    """Return the certificate fault recorded in the flags of a response."""
    return next((flag.partition(": ")[2] for flag in flags if flag.startswith(f"{UNVERIFIED}: ")), None)
