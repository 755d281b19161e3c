"""A letter as an e-mail message: plain text, HTML, attachments, and headers that keep to themselves."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from urllib.parse import quote

from innosi.forecast.languages.language import language_of
from innosi.forecast.people.email_addresses import address_problem
from innosi.forecast.people.letters import Letter
from innosi.models.errors import InnosiError

_PLAIN = SMTP.clone(cte_type="7bit")
_UTF8 = SMTPUTF8.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address in the form in which servers take it: the domain in ASCII."""

    before_at: str
    domain: str

    def __str__(self) -> str:
        return f"{self.before_at}@{self.domain}"

    @property
    def needs_utf8(self) -> bool:
        """Whether only servers with SMTPUTF8 can write to it."""
        return not self.before_at.isascii()


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a server is given: from whom, to whom, and the message."""

    sender: Mailbox
    receiver: Mailbox
    message: EmailMessage

    @property
    def needs_utf8(self) -> bool:
        """Whether only servers with SMTPUTF8 can take it."""
        return self.sender.needs_utf8 or self.receiver.needs_utf8


def mailbox(address: str) -> Mailbox:
    """Return the mailbox of an address, or say why it is none.

    Raises
    ------
    InnosiError
    """
    if problem := address_problem(address):
        raise InnosiError(f"'{address}' {problem}")
    before, _, domain = address.rpartition("@")
    try:
        return Mailbox(before, domain.encode("idna").decode())
    except UnicodeError:
        raise InnosiError(f"'{address}' is no e-mail address: look at what stands behind the @") from None


def sender_of(letter: Letter) -> Mailbox:
    """Return the mailbox that a letter comes from: the study's contact.

    Raises
    ------
    InnosiError
        If the study names none, or it is no address.
    """
    if not letter.sender.email:
        raise InnosiError(
            "the study names no address that letters come from",
            mend="write it in the study file under contact: email",
        )
    try:
        return mailbox(letter.sender.email)
    except InnosiError as error:
        raise InnosiError(
            f"the study's contact: {error.problem}", mend="mend it in the study file under contact: email"
        ) from None


def envelope(letter: Letter, *, message_id: str, at: datetime) -> Envelope:
    """Return a letter as it is given to a server.

    Raises
    ------
    InnosiError
        If the addressee's address is none.
    """
    sender, receiver = sender_of(letter), mailbox(letter.email)
    needs_utf8 = sender.needs_utf8 or receiver.needs_utf8
    message = EmailMessage(policy=_UTF8 if needs_utf8 else _PLAIN)
    message["From"] = _address(letter.sender.name or letter.sender.organisation, sender)
    message["To"] = _address(letter.name, receiver)
    message["Subject"] = header_text(letter.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message["List-Unsubscribe"] = f"<{_withdrawal(letter, sender)}>"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language  # after the contents, which take such headers away
    for each in letter.attachments:
        kind, _, subkind = each.mime.partition("/")
        message.add_attachment(each.content, maintype=kind, subtype=subkind, filename=header_text(each.name))
    return Envelope(sender, receiver, message)


def header_text(text: str) -> str:
    """Return a text that may stand in a header: on one line, without anything that does not print.

    The standard library decodes `=?utf-8?q?=0A?=` in a value that it is given, break and all; `=?` is
    parted, so that nobody can bring a header in by that.
    """
    shown = "".join(" " if unicodedata.category(each)[0] == "C" else each for each in text)
    return " ".join(shown.split()).replace("=?", "= ?")


def _address(name: str, box: Mailbox) -> Address:
    return Address(header_text(name), username=box.before_at, domain=box.domain)


def _withdrawal(letter: Letter, sender: Mailbox) -> str:
    """Where mail programs write to when somebody presses their button for it."""
    subject = language_of(letter.language).text("I withdraw (%(pseudonym)s)", pseudonym=letter.pseudonym)
    return f"mailto:{quote(str(sender), safe='@+')}?subject={quote(subject)}"
