"""The server through which letters leave: how it is named, and the connection to it."""

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, unquote

from innosi.forecast.people.blocks import one_line
from innosi.models.errors import InnosiError
from innosi.scenarios.loading.validation import nearest

Security = Literal["starttls", "ssl", "none"]
PORTS = {"starttls": 587, "ssl": 465, "none": 25}
TIMEOUT = 30.0
_FORM = "write smtp://USER@HOST:587?starttls, or smtps://USER@HOST"
_URL = re.compile(
    r"(?P<scheme>[^:/?@]*)://(?:(?P<user>[^/?]*)@)?(?P<host>\[[^\]]*\]|[^:/?@]*)"
    r"(?::(?P<port>[^/?]*))?/?(?:\?(?P<option>.*))?"
)


class MailError(InnosiError):
    """A mail server that cannot be named, reached, or used."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server, and how to log in.

    Attributes
    ----------
    host : str
    port : int
    security : {'starttls', 'ssl', 'none'}
        Encrypted after the greeting, from the first byte, or not at all.
    user : str
        '' where nobody logs in.
    password : str
        Shown nowhere, nor in the record's text.
    """

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str, *, password: str = "") -> "MailServer":
        """Return the server of an address such as `smtp://user@host:587?starttls` or `smtps://user@host`.

        Raises
        ------
        MailError
            If it is none, with the place of the fault; if it holds a password, which would be kept in the
            history of a command line; if a password would go over the network unencrypted.
        """
        found = _URL.fullmatch(text.strip())
        if not found:
            raise MailError(f"'{_masked(text)}' is no address of a mail server", mend=_FORM)
        return cls(
            host=_host(found),
            port=_port(found),
            security=_security(found),
            user=_user(found),
            password=password,
        )

    def __str__(self) -> str:
        user = f"{quote(self.user)}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme, option = ("smtps", "") if self.security == "ssl" else ("smtp", "?starttls")
        return f"{scheme}://{user}{host}:{self.port}{option if self.security != 'none' else ''}"


def _masked(text: str) -> str:
    """An address without what may be a password."""
    return re.sub(r"(://[^:/?@]*):.*@", r"\1:…@", text.strip())


def _fault(found: re.Match[str], part: str, problem: str, mend: str) -> MailError:
    text = found[0]
    shown = _masked(text)
    place = len(shown) - (len(text) - max(found.start(part), 0)) if part != "user" else found.start(part)
    return MailError(problem, mend=mend, excerpt=f"  {shown}\n  {' ' * place}^")


def _host(found: re.Match[str]) -> str:
    host = found["host"].strip("[]")
    if not host or re.search(r"\s", host):
        raise _fault(found, "host", "the mail server's address names no machine", _FORM)
    return host


def _security(found: re.Match[str]) -> Security:
    scheme, option = found["scheme"].lower(), found["option"] or ""
    if scheme not in ("smtp", "smtps"):
        known = nearest(scheme, ("smtp", "smtps"))
        raise _fault(found, "scheme", f"mail does not go by '{found['scheme']}'{known}", _FORM)
    if option.lower() not in ("", "starttls"):
        known = nearest(option, ("starttls",))
        raise _fault(found, "option", f"'{option}' is no option of a mail server{known}", _FORM)
    if scheme == "smtps":
        if option:
            raise _fault(found, "option", "smtps:// is encrypted already", "leave ?starttls out")
        return "ssl"
    return "starttls" if option else "none"


def _port(found: re.Match[str]) -> int:
    text = found["port"]
    if text is None:
        return PORTS[_security(found)]
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise _fault(found, "port", f"'{text}' is no port", "give a number such as 587, or leave it out")
    return int(text)


def _user(found: re.Match[str]) -> str:
    user = found["user"] or ""
    if ":" in user:
        raise _fault(
            found,
            "user",
            "the mail server's address holds a password, which command lines keep in their history",
            "take it out, change it, and give it apart from the address",
        )
    if user and _security(found) == "none" and _host(found) not in ("localhost", "127.0.0.1", "::1"):
        raise _fault(
            found, "host", "the password would be sent unencrypted", "end the address with ?starttls"
        )
    return unquote(user)


def connect(server: MailServer, *, timeout: float = TIMEOUT) -> smtplib.SMTP:
    """Return a connection over which letters can be sent.

    Raises
    ------
    MailError
        If the server cannot be reached, is not who it says it is, or does not let the user in.
    """
    if server.user and not server.password:
        raise MailError(f"'{server.user}' needs a password", mend="give it", where=str(server))
    try:
        connection = _opened(server, timeout)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise _reason(error, server) from None
    try:
        if server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        connection.close()
        raise _reason(error, server) from None
    return connection


def _opened(server: MailServer, timeout: float) -> smtplib.SMTP:
    if server.security == "ssl":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=timeout)


def _reason(error: Exception, server: MailServer) -> MailError:
    """Say why there is no connection, and how to mend it; the password is never part of it."""
    problem, mend = _problem(error, server)
    if server.password:
        problem = problem.replace(server.password, "…")
    return MailError(problem, mend=mend, where=str(server))


def _problem(error: Exception, server: MailServer) -> tuple[str, str]:
    if isinstance(error, UnicodeEncodeError):
        return "the user's name or password has letters that cannot be sent", "use the letters of English"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"does not let '{server.user}' in ({reply_text(error)})", "check the user and the password"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"cannot do what is asked ({error})", "use smtps://, or leave ?starttls or the user out"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"does not take letters ({reply_text(error)})", "try again later, or ask who runs it"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"cannot be trusted ({error.verify_message})", "use the name that its certificate has"
    if isinstance(error, ssl.SSLError):
        return "is not encrypted from the first byte on", "write smtp:// and end with ?starttls"
    if isinstance(error, socket.gaierror | UnicodeError):
        return f"there is no machine '{server.host}'", "check the name, and the network"
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"cannot be reached ({reason})", "check the machine's name and the port"


def reply_text(error: smtplib.SMTPResponseException) -> str:
    """Return what a server said, on one line."""
    return f"{error.smtp_code} {said(error.smtp_error)}".strip()


def said(reply: bytes | str) -> str:
    """Return a reply's text on one line, cut where it is long."""
    return one_line(reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply)[:200]
