"""Mail over SMTP: one connection for many messages, and a limit for every wait."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from db.settings import MailTls
from worker.delivery.transports.errors import (
    AddressRefused,
    MessageFailed,
    MessageRefused,
    TransportDown,
    TransportError,
)
from worker.delivery.transports.mail.mime import Letter, LetterFault, check

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

TLS_MODES = ("starttls", "tls", "none")
_TOO_LARGE = 552


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """The mail server for our messages. `tls` is one of TLS_MODES."""

    host: str
    port: int
    tls: str
    user: str = ""
    password_file: Path | None = None


class Mailer:
    """A connection to the mail server, opened when first needed. Close it after a batch."""

    def __init__(self, server: SmtpServer, *, timeout_s: float) -> None:
        self._server = server
        self._timeout_s = timeout_s
        self._smtp: _Smtp | None = None
        self._broken_off = 0
        """Number of consecutive messages during which the connection broke."""

    def send(self, letter: Letter) -> None:
        """Send a mail to the server; returning means that it was accepted. Raises TransportError."""
        try:
            data = check(letter)
        except LetterFault as error:
            raise MessageRefused(f"this mail cannot be sent: {error}") from error
        deadline = time.monotonic() + self._timeout_s
        smtp = self._connected(deadline)
        smtp.deadline = deadline
        try:
            smtp.sendmail(letter.sender, [letter.to], data)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise self._failure(error, letter, smtp) from error
        self._broken_off = 0

    def _failure(self, error: Exception, letter: Letter, smtp: _Smtp) -> TransportError:
        """Return the transport error for an exception; an unusable connection is closed."""
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, text = next(iter(error.recipients.values()))
            self._after_refusal(code)
            kind = AddressRefused if 500 <= code < 600 else TransportError
            return kind(f"the mail server refused {letter.to}: {_said(code, text)}")
        if isinstance(error, smtplib.SMTPSenderRefused):
            self._after_refusal(error.smtp_code)
            said = _said(error.smtp_code, error.smtp_error)
            if error.smtp_code == _TOO_LARGE:
                return MessageRefused(f"the mail server refused the message: {said}")
            return TransportDown(f"the mail server refused the sender {letter.sender}: {said}")
        if isinstance(error, smtplib.SMTPDataError):
            self._after_refusal(error.smtp_code)
            kind = MessageRefused if 500 <= error.smtp_code < 600 else TransportError
            return kind(f"the mail server refused the message: {_said(error.smtp_code, error.smtp_error)}")
        self._drop()
        return self._broken(error, smtp)

    def _broken(self, error: Exception, smtp: _Smtp) -> TransportError:
        """Return the transport error for a broken connection.

        A server that disconnects during a message may do so because of that message alone, so others continue. If the
        next one fails like that as well, the server is at fault.
        """
        said = f"the mail server {self._name}: {_why(error)}"
        if isinstance(error, ValueError):
            return MessageRefused(f"this mail cannot be sent: {_why(error)}")
        self._broken_off = self._broken_off + 1 if smtp.is_in_data else 0
        return MessageFailed(f"{said}, while it was sent") if self._broken_off == 1 else TransportDown(said)

    def close(self) -> None:
        """Quit and close the connection, if there is one."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.deadline = time.monotonic() + 2
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()

    def __enter__(self) -> Mailer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    @property
    def _name(self) -> str:
        return f"{self._server.host}:{self._server.port}"

    def _connected(self, deadline: float) -> _Smtp:
        if self._smtp is not None:
            return self._smtp
        server = self._server
        if not server.host:
            raise TransportDown("no mail server is set: STEPPEWATCH_SMTP_HOST names one")
        smtp = _Smtp(deadline)
        try:
            smtp.open(server.host, server.port, ssl.create_default_context() if server.tls == MailTls.TLS else None)
            smtp.ehlo_or_helo_if_needed()
            if server.tls == MailTls.STARTTLS:
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, _password(server.password_file))
        except (smtplib.SMTPException, OSError, ValueError) as error:
            smtp.close()
            raise TransportDown(f"the mail server {self._name}: {_why(error)}") from error
        self._smtp = smtp
        return smtp

    def _after_refusal(self, code: int) -> None:
        if code == 421:  # it closes the connection
            self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


class _Smtp(smtplib.SMTP):
    """An SMTP client with one deadline for all waits, however slowly the server responds."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.is_in_data = False
        """True if the last command began the message itself."""
        self._context: ssl.SSLContext | None = None
        super().__init__(timeout=self._left())

    def open(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        """Connect, with TLS from the first byte if a context is given. Raises as smtplib does."""
        self._context = context
        self._host = host  # the name for checking the certificate in starttls
        code, text = self.connect(host, port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), self._left())
        return self._context.wrap_socket(plain, server_hostname=host) if self._context else plain

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Send a command; record whether a message follows it."""
        self.is_in_data = cmd == "data"
        super().putcmd(cmd, args)

    def send(self, s: ReadableBuffer | str) -> None:
        """Send within the remaining time."""
        self._hurry()
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Read the response within the remaining time."""
        self._hurry()
        return super().getreply()

    def _hurry(self) -> None:
        if self.sock is not None:
            self.sock.settimeout(self._left())

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("it took too long")
        return left


def _password(path: Path | None) -> str:
    return path.read_text(encoding="utf-8").strip() if path else ""


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:300]


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__
