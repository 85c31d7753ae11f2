"""A real SMTP server that tests look into, with TLS, passwords, refusals and stalls on command."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import DATA_SIZE_DEFAULT, SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass  # without slots: aiosmtpd inspects it, which early releases of Python 3.11 do not survive
class Mailbox:
    """What the server took, and how it is to behave from now on."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    """The same as they came over the wire."""
    hangs_up: bytes = b""
    """Whoever sends a message with this in it is hung up on."""
    at: list[float] = field(default_factory=list)
    """When each was taken, seconds since 1970."""
    rcpt_answer: str = ""
    """Instead of taking a recipient; such as `550 no such user`."""
    data_answer: str = ""
    """Instead of taking a message."""
    stall_s: float = 0
    """How long it says nothing to DATA."""
    sessions: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count a session."""
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if self.rcpt_answer:
            return self.rcpt_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a message, or not."""
        if self.stall_s:
            await asyncio.sleep(self.stall_s)
        if self.data_answer:
            return self.data_answer
        assert isinstance(envelope.content, bytes)
        if self.hangs_up and self.hangs_up in envelope.content:
            server.transport.abort()
            return "421 gone"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.raw.append(envelope.content)
        self.at.append(time.time())
        return "250 taken"


@dataclass(frozen=True, slots=True)
class Secrets:
    """A certificate authority of our own, and whom the server lets in."""

    context: ssl.SSLContext
    ca_file: Path


def secrets_in(folder: Path) -> Secrets:
    """Return new TLS secrets for a server on this machine; `ca_file` is what clients are to trust."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    return Secrets(context, folder / "ca.pem")


@contextmanager
def serving_mail(
    *,
    tls: str = "none",
    secrets: Secrets | None = None,
    user: str = "",
    password: str = "",
    port: int = 0,
    most_bytes: int = DATA_SIZE_DEFAULT,
) -> Iterator[Mailbox]:
    """Serve mail on 127.0.0.1; `tls` is `none`, `starttls` or `tls`. With a user, nobody else is let in.

    The server says that it takes messages of `most_bytes`.
    """

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        right = isinstance(data, LoginPassword) and data == LoginPassword(user.encode(), password.encode())
        return AuthResult(success=right, handled=False)

    mailbox = Mailbox()
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=port or _free_port(),
        ssl_context=secrets.context if secrets and tls == "tls" else None,
        tls_context=secrets.context if secrets and tls == "starttls" else None,
        require_starttls=tls == "starttls",
        authenticator=authenticate if user else None,
        auth_required=bool(user),
        auth_require_tls=tls == "starttls",
        data_size_limit=most_bytes,
    )
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        controller.stop(no_assert=True)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
