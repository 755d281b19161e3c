"""Sending letters by e-mail, each once, and who is due for a reminder."""

import re
import smtplib
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import make_msgid
from typing import Literal, Self

from innosi.forecast.people.letters import Letter
from innosi.forecast.people.mail_message import Envelope, envelope, sender_of
from innosi.forecast.people.mail_server import MailError, MailServer, connect, said
from innosi.models.errors import InnosiError

__all__ = ["MailError", "MailServer", "MailingReport", "Refusal", "due_for_reminder", "send_letters"]
WAITS_BEFORE_RECONNECTING = (0.0, 5.0, 30.0)
"""Seconds; a server that hangs up on many letters in a row often lets one in again after a while."""
MAX_BROKEN_IN_A_ROW = 3
RefusalKind = Literal["permanent", "temporary", "uncertain"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a letter did not arrive.

    Attributes
    ----------
    kind : {'permanent', 'temporary', 'uncertain'}
        Not to be tried again as it is; may be tried again later; the connection broke after the letter had
        been handed over, so it may have arrived: ask before it is sent again.
    reason : str
    """

    kind: RefusalKind
    reason: str


@dataclass(frozen=True, slots=True)
class MailingReport:
    """What became of the letters of one call.

    Attributes
    ----------
    n_sent : int
    failures : tuple of (Letter, Refusal)
    n_repeated : int
        Letters of the same kind to the same panellist, which were left out.
    n_without_address : int
        Letters to people without an e-mail address.
    n_not_tried : int
        Letters that were left when the server could be used no more.
    stopped : str
        Why they were left; '' where none was.
    """

    n_sent: int = 0
    failures: tuple[tuple[Letter, Refusal], ...] = ()
    n_repeated: int = 0
    n_without_address: int = 0
    n_not_tried: int = 0
    stopped: str = ""

    def n_failed(self, kind: RefusalKind) -> int:
        """Return how many letters failed in one way."""
        return sum(refusal.kind == kind for _, refusal in self.failures)


def due_for_reminder(
    panellists: Iterable[str],
    answered_complete: Collection[str],
    withdrawn: Collection[str],
    invited: Collection[str],
) -> tuple[str, ...]:
    """Return who may be reminded, in the order of the panellists.

    Nobody who has answered everything, who has withdrawn, or who was never invited.
    """
    never = {*answered_complete, *withdrawn}
    return tuple(each for each in dict.fromkeys(panellists) if each in invited and each not in never)


def send_letters(
    letters: Iterable[Letter],
    server: MailServer,
    *,
    on_sent: Callable[[Letter, str], None],
    on_failed: Callable[[Letter, Refusal], None],
    pause: float = 0.0,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> MailingReport:
    """Send letters one after the other over one connection, and return what became of them.

    No letter is sent twice: a second one of the same kind to the same panellist is left out, and one that may
    have arrived when the connection broke is not tried again. A refused address does not keep the others.

    Parameters
    ----------
    on_sent : callable
        Told of each letter that the server has taken, with its Message-ID, before the next one is tried.
    on_failed : callable
        Told of each letter that failed, and why.
    pause : float
        Seconds between two letters, for servers that take so many an hour only.

    Raises
    ------
    MailError
        If no letter could be tried: the server cannot be reached, or refuses the user or the sender. Once one
        was tried, the report says why the others were not.
    InnosiError
        If the study names no address that letters come from.
    """
    tally, failures, stopped = Counter[str](), list[tuple[Letter, Refusal]](), ""
    with _Line(server, sleep) as line:
        for letter in _once_each(letters, tally):
            if stopped:
                tally["not tried"] += 1
                continue
            if tally["tried"]:
                sleep(pause)
            message_id = make_msgid(domain=sender_of(letter).domain)
            try:
                refusal = line.deliver(letter, message_id, now())
            except MailError as error:
                if not tally["tried"]:
                    raise
                tally["not tried"] += 1
                stopped = error.problem
                continue
            tally["tried"] += 1
            if refusal is None:
                on_sent(letter, message_id)
            else:
                failures.append((letter, refusal))
                on_failed(letter, refusal)
    return MailingReport(
        n_sent=tally["tried"] - len(failures),
        failures=tuple(failures),
        n_repeated=tally["repeated"],
        n_without_address=tally["without address"],
        n_not_tried=tally["not tried"],
        stopped=stopped,
    )


def _once_each(letters: Iterable[Letter], tally: Counter[str]) -> Iterator[Letter]:
    """Yield the letters that have an address, each once, and count the others."""
    seen = set[tuple[str, str, str]]()
    for letter in letters:
        key = (letter.kind, letter.pseudonym, letter.email.casefold())
        if not letter.email:
            tally["without address"] += 1
        elif key in seen:
            tally["repeated"] += 1
        else:
            seen.add(key)
            yield letter


class _Line:
    """A connection to a server: opened with the first letter, and anew when it breaks."""

    def __init__(self, server: MailServer, sleep: Callable[[float], None]) -> None:
        self._server = server
        self._sleep = sleep
        self._connection: smtplib.SMTP | None = None
        self._waits: Sequence[float] = (0.0,)
        self._n_broken = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            with suppress(OSError):
                self._connection.quit()
        self._close()

    def deliver(self, letter: Letter, message_id: str, at: datetime) -> Refusal | None:
        """Return None when the server has taken a letter, or why not; MailError where it takes no more."""
        if self._n_broken >= MAX_BROKEN_IN_A_ROW:
            raise MailError(f"the connection broke at {self._n_broken} letters in a row")
        try:
            parcel = envelope(letter, message_id=message_id, at=at)
        except InnosiError as error:
            return Refusal("permanent", error.problem)
        refusal = self._tried_twice(parcel)
        self._n_broken = self._n_broken + 1 if self._connection is None else 0
        return refusal

    def _tried_twice(self, parcel: Envelope) -> Refusal | None:
        reason = ""
        for _ in range(2):
            connection = self._opened()
            try:
                return _handed_over(connection, parcel)
            except _Uncertain as error:
                self._close()
                return Refusal("uncertain", str(error))
            except OSError as error:  # of which every SMTPException is one
                self._close()
                reason = str(error) or type(error).__name__
        return Refusal("temporary", f"the connection broke twice ({said(reason)})")

    def _opened(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._connected()
            self._waits = WAITS_BEFORE_RECONNECTING
        return self._connection

    def _connected(self) -> smtplib.SMTP:
        problem: MailError | None = None
        for wait in self._waits:
            if wait:
                self._sleep(wait)
            try:
                return connect(self._server)
            except MailError as error:
                problem = error
        raise problem or MailError("was not tried")

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _Uncertain(Exception):
    """Nobody can tell whether the server took a letter."""


def _handed_over(connection: smtplib.SMTP, parcel: Envelope) -> Refusal | None:
    """Give a letter to a server; OSError where the connection breaks while the letter is still here."""
    connection.ehlo_or_helo_if_needed()
    if parcel.needs_utf8 and not connection.has_extn("smtputf8"):
        return Refusal("permanent", "the mail server takes no addresses with letters such as ë before the @")
    options = ("SMTPUTF8", "BODY=8BITMIME") if parcel.needs_utf8 else ()
    refusal = _refusal(*connection.mail(str(parcel.sender), options))
    if refusal and refusal.kind == "permanent":
        raise MailError(f"takes no letters from {parcel.sender} ({refusal.reason})")
    refusal = refusal or _refusal(*connection.rcpt(str(parcel.receiver)))
    refusal = refusal or _refusal(*connection.docmd("DATA"))
    if refusal is None:
        refusal = _refusal(*_after_content(connection, parcel.message.as_bytes()))
    if refusal:
        with suppress(OSError):
            connection.rset()
    return refusal


def _after_content(connection: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    """Send a message's bytes, and return the server's reply to them."""
    stuffed = re.sub(rb"(?m)^\.", b"..", content)
    try:
        connection.send(stuffed + b".\r\n")
        code, reply = connection.getreply()
    except OSError as error:
        reason = said(str(error) or type(error).__name__)
        raise _Uncertain(f"the connection broke before the letter was confirmed ({reason})") from None
    if not 200 <= code < 600:
        raise _Uncertain(f"the server's answer to the letter is not clear ({said(reply)})")
    return code, reply


def _refusal(code: int, reply: bytes) -> Refusal | None:
    """Return what a reply refuses, None for nothing; a server that hangs up has broken the connection."""
    if code == 421:
        raise smtplib.SMTPServerDisconnected(f"421 {said(reply)}")
    if 200 <= code < 300 or code == 354:
        return None
    return Refusal("permanent" if 500 <= code < 600 else "temporary", f"{code} {said(reply)}")
