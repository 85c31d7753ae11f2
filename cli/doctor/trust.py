"""Check of the certificate authorities, without which no server can be verified."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.doctor.finding import Finding, ok, warning

FILE, FOLDER = "SSL_CERT_FILE", "SSL_CERT_DIR"
_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
_FOLDERS = ("/etc/ssl/certs",)
"""The usual places for authorities, which the crawler's TLS library searches too."""
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")

_CHECK = "certificates"
_EFFECT = "no certificate can be verified: pages are marked as unverified, and URLs with secrets are not fetched"


@dataclass(frozen=True, slots=True)
class TrustSeen:
    """The number of trusted authorities and their place; `names` are the variables that override the usual places."""

    authorities: int
    where: str = ""
    names: tuple[str, ...] = ()


def look_at_trust(
    environment: Mapping[str, str], files: Sequence[str] = _FILES, folders: Sequence[str] = _FOLDERS
) -> TrustSeen:
    """Return the authorities that this machine trusts; OpenSSL's variables override the usual places."""
    names = tuple(name for name in (FILE, FOLDER) if name in environment)
    if names:
        files = [environment[FILE]] if FILE in environment else []
        folders = environment[FOLDER].split(":") if FOLDER in environment else []
    for place, count in (*((file, _in_file) for file in files), *((folder, _in_folder) for folder in folders)):
        if authorities := count(place):
            return TrustSeen(authorities, place, names)
    return TrustSeen(0, names=names)


def _in_file(file: str) -> int:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=file)
    except (OSError, ValueError):  # missing, unreadable, or without certificates
        return 0
    return len(context.get_ca_certs())


def _in_folder(folder: str) -> int:
    try:
        return sum(bool(_HASHED.fullmatch(entry.name)) for entry in Path(folder).iterdir())
    except OSError:
        return 0


def judge_trust(seen: TrustSeen) -> Finding:
    """Return the finding on whether certificates can be verified."""
    if seen.authorities:
        return ok(_CHECK, f"verified by the {seen.authorities:,} authorities of {seen.where}")
    if seen.names:
        names, verb = " and ".join(seen.names), "name" if len(seen.names) > 1 else "names"
        return warning(_CHECK, f"{names} {verb} no authority; {_EFFECT}", f"fix or unset {names}")
    mend = f"apt-get install ca-certificates, or set {FILE} to a file of authorities"
    return warning(_CHECK, f"this machine trusts no authority; {_EFFECT}", mend)
