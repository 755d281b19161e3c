import email
import email.policy
import socket
import ssl
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from hypothesis import given, settings
from hypothesis import strategies as st

from innosi.forecast.people.letters import Attachment, Letter, letter
from innosi.forecast.people.mail_message import envelope, header_text
from innosi.forecast.people.mailing import (
    MailError,
    MailServer,
    Refusal,
    due_for_reminder,
    send_letters,
)
from innosi.forecast.people.person import Person
from innosi.forecast.study import Contact, load_study
from innosi.models.errors import InnosiError

STUDY = """\
title: A house
contact: {name: "Zoë, for the team", email: team@x.nl}
questions: {q: {text: Q, type: text}}
"""
CERTIFICATE = Path(__file__).parent / "data" / "mail_server.pem"
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
PASSWORD = "not-to-be-seen"


class Server:
    """What a mail server was told; what it refuses and when it hangs up is set by address."""

    def __init__(self):
        self.taken, self.n_connections = [], 0
        self.at_sender, self.at_receiver, self.at_content = {}, {}, {}
        self.hangs_up_at_receiver, self.hangs_up_at_content = [], []

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):  # noqa: N802
        self.n_connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, _server, _session, envelope, address, mail_options):  # noqa: N802
        envelope.mail_from, envelope.mail_options = address, mail_options
        return self.at_sender.get(address, "250 OK")

    async def handle_RCPT(self, server, _session, envelope, address, _options):  # noqa: N802
        if address in self.hangs_up_at_receiver:
            self.hangs_up_at_receiver.remove(address)
            server.transport.close()
        reply = self.at_receiver.get(address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        (receiver,) = envelope.rcpt_tos
        if receiver in self.hangs_up_at_content:
            server.transport.close()
        reply = self.at_content.get(receiver, "250 OK")
        if reply.startswith("250"):
            content = envelope.content.decode("utf-8")
            self.taken.append((receiver, email.message_from_string(content, policy=email.policy.SMTP)))
        return reply

    @property
    def receivers(self):
        return [receiver for receiver, _ in self.taken]


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def running(handler, **options):
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield MailServer("127.0.0.1", controller.port, "none")
    finally:
        controller.stop()


@pytest.fixture
def handler():
    return Server()


@pytest.fixture
def server(handler):
    with running(handler) as found:
        yield found


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("mailing") / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return load_study(path)


@pytest.fixture
def letters(study):
    def written(*addresses, name="Ann"):
        people = [Person(name, each) for each in addresses]
        return [letter("reminder", study, each, f"p{i}", round=1) for i, each in enumerate(people)]

    return written


def sent(letters, server, **options):
    """Send letters; return the report, and what was told of each, in order."""
    told = []
    report = send_letters(
        letters,
        server,
        on_sent=lambda letter, message_id: told.append((letter.email, message_id)),
        on_failed=lambda letter, refusal: told.append((letter.email, refusal.kind)),
        sleep=options.pop("sleep", lambda _: None),
        now=lambda: NOON,
        **options,
    )
    return report, told


def test_a_letter_arrives_with_both_its_texts_and_its_headers(handler, server, letters):
    (written,) = letters("ann@y.nl", name="O'Neill, Zoë")
    report, told = sent([written], server)
    assert (report.n_sent, report.failures, report.stopped) == (1, (), "")
    ((receiver, message),) = handler.taken
    assert receiver == "ann@y.nl"
    assert message["To"].addresses[0].display_name == "O'Neill, Zoë"
    assert message["From"].addresses[0].display_name == "Zoë, for the team"
    assert message["From"].addresses[0].addr_spec == "team@x.nl"
    assert message["Subject"] == written.subject
    assert message["Date"].datetime == NOON
    assert message["List-Unsubscribe"] == "<mailto:team@x.nl?subject=I%20withdraw%20%28p0%29>"
    assert told == [("ann@y.nl", message["Message-ID"])]
    assert message["Message-ID"].endswith("@x.nl>")
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == written.text
    assert "Zoë" in message.get_body(("html",)).get_content()


def test_attachments_arrive_as_they_are(handler, server, letters):
    (written,) = letters("ann@y.nl")
    files = (Attachment("Fragebogen für Zoë.pdf", bytes(range(256)), "application/pdf"),)
    sent([replace(written, attachments=files)], server)
    (attached,) = handler.taken[0][1].iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == (files[0].name, "application/pdf")
    assert attached.get_content() == files[0].content


def test_one_connection_is_used_for_all(handler, server, letters):
    sent(letters("a@y.nl", "b@y.nl", "c@y.nl"), server)
    assert handler.receivers == ["a@y.nl", "b@y.nl", "c@y.nl"]
    assert handler.n_connections == 1


def test_one_refused_address_does_not_keep_the_others(handler, server, letters):
    handler.at_receiver = {"b@y.nl": "550 no such user", "c@y.nl": "450 try later"}
    handler.at_content = {"d@y.nl": "552 too large"}
    report, told = sent(letters(*(f"{each}@y.nl" for each in "abcde"), "no address"), server)
    assert handler.receivers == ["a@y.nl", "e@y.nl"]
    assert [outcome for _, outcome in told[1:4]] == ["permanent", "temporary", "permanent"]
    assert report.failures[0][1] == Refusal("permanent", "550 no such user")
    assert (report.n_sent, report.n_failed("permanent"), report.n_failed("temporary")) == (2, 3, 1)
    assert told[-1] == ("no address", "permanent")
    assert handler.n_connections == 1


def test_a_connection_that_breaks_before_the_letter_is_handed_over_is_opened_again(handler, server, letters):
    handler.hangs_up_at_receiver = ["b@y.nl"]
    report, _ = sent(letters("a@y.nl", "b@y.nl", "c@y.nl"), server)
    assert handler.receivers == ["a@y.nl", "b@y.nl", "c@y.nl"]
    assert (report.n_sent, handler.n_connections) == (3, 2)


def test_a_server_that_asks_to_come_back_is_asked_anew(handler, server, letters):
    handler.at_receiver = {"b@y.nl": "421 too many letters"}
    report, _ = sent(letters("a@y.nl", "b@y.nl", "c@y.nl"), server)
    assert handler.receivers == ["a@y.nl", "c@y.nl"]
    ((_, refusal),) = report.failures
    assert refusal == Refusal("temporary", "the connection broke twice (421 too many letters)")


def test_a_letter_that_may_have_arrived_is_never_sent_again(handler, server, letters):
    handler.hangs_up_at_content = ["b@y.nl"]
    report, told = sent(letters("a@y.nl", "b@y.nl", "c@y.nl"), server)
    assert handler.receivers == ["a@y.nl", "b@y.nl", "c@y.nl"]
    assert (report.n_sent, report.n_failed("uncertain")) == (2, 1)
    assert told[1] == ("b@y.nl", "uncertain")
    assert "before the letter was confirmed" in report.failures[0][1].reason


def test_no_letter_is_sent_twice_and_people_without_an_address_are_counted(handler, server, letters):
    one, other, nowhere = letters("a@y.nl", "b@y.nl", "")
    report, _ = sent([one, other, nowhere, replace(one, email="A@Y.nl"), one], server)
    assert handler.receivers == ["a@y.nl", "b@y.nl"]
    assert (report.n_sent, report.n_repeated, report.n_without_address) == (2, 2, 1)


def test_a_server_that_breaks_at_every_letter_is_left_alone(handler, server, letters):
    addresses = [f"{each}@y.nl" for each in "abcdef"]
    handler.at_receiver = dict.fromkeys(addresses, "421 go away")
    report, told = sent(letters(*addresses), server)
    assert (len(told), report.n_sent, report.n_failed("temporary"), report.n_not_tried) == (3, 0, 3, 3)
    assert report.stopped == "the connection broke at 3 letters in a row"


def test_a_server_that_goes_away_is_waited_for_and_the_rest_is_kept(handler, letters):
    waits = []
    written = letters("a@y.nl", "b@y.nl", "c@y.nl")
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()

    def batch():
        yield written[0]
        controller.stop()
        yield from written[1:]

    report, told = sent(batch(), MailServer("127.0.0.1", controller.port, "none"), sleep=waits.append)
    assert [address for address, _ in told] == ["a@y.nl"]
    assert (report.n_sent, report.n_not_tried) == (1, 2)
    assert "cannot be reached" in report.stopped
    assert waits == [0.0, 5.0, 30.0]


def test_between_letters_there_is_the_pause_that_was_asked_for(server, letters):
    waits = []
    sent(letters("a@y.nl", "b@y.nl", "c@y.nl"), server, pause=7.5, sleep=waits.append)
    assert waits == [7.5, 7.5]


def test_a_refused_sender_stops_everything(handler, server, letters):
    handler.at_sender = {"team@x.nl": "553 not yours"}
    with pytest.raises(MailError, match=r"takes no letters from team@x.nl \(553 not yours\)"):
        sent(letters("a@y.nl", "b@y.nl"), server)
    assert handler.taken == []


def test_what_fails_in_the_callers_hands_is_not_hidden(handler, server, letters):
    def full(letter, message_id):
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="disk is full"):
        send_letters(letters("a@y.nl", "b@y.nl"), server, on_sent=full, on_failed=full, sleep=lambda _: None)
    assert handler.receivers == ["a@y.nl"]


def test_addresses_with_other_letters_go_to_servers_that_know_them(letters):
    knows, does_not = Server(), Server()
    written = letters("zoë@y.nl", "ann@müller.de", name="Ζωή")
    with running(knows) as server:
        assert sent(written, server)[0].n_sent == 2
    assert knows.receivers == ["zoë@y.nl", "ann@xn--mller-kva.de"]
    assert knows.taken[0][1]["To"].addresses[0].display_name == "Ζωή"
    with running(does_not, enable_SMTPUTF8=False) as server:
        report, told = sent(written, server)
    assert does_not.receivers == ["ann@xn--mller-kva.de"]
    assert "takes no addresses with letters such as ë" in report.failures[0][1].reason
    assert told[0] == ("zoë@y.nl", "permanent")


def test_a_text_cannot_end_the_message_early(handler, server, letters):
    (written,) = letters("a@y.nl")
    text = "one\n.\nMAIL FROM:<x@y.nl>\r\n.\r\n..two\r.\rthree\n"
    sent([replace(written, text=text)], server)
    assert len(handler.taken) == 1
    lines = handler.taken[0][1].get_body(("plain",)).get_content().splitlines()
    assert lines == ["one", ".", "MAIL FROM:<x@y.nl>", ".", "..two", ".", "three"]


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\0"])
def test_no_name_or_subject_brings_a_header_in(handler, server, letters, break_):
    bad = f"A{break_}Bcc: b@y.nl{break_}{break_}Hello"
    (written,) = letters("a@y.nl", name=bad)
    files = (Attachment(bad, b"x", "text/x-unknown"),)
    contact = Contact(bad, "team@x.nl")
    sent([replace(written, name=bad, subject=bad, sender=contact, attachments=files)], server)
    ((receiver, message),) = handler.taken
    assert receiver == "a@y.nl"
    assert message["Bcc"] is None
    assert message["Subject"] == "A Bcc: b@y.nl Hello"
    assert message["To"].addresses[0].display_name == "A Bcc: b@y.nl Hello"


def test_a_name_too_long_for_a_line_stays_whole(handler, server, letters):
    name = "Παπαδοπούλου-Κωνσταντινίδη, Αικατερίνη-Ευαγγελία Παπαδοπούλου-Κωνσταντινίδη"
    sent(letters("a@y.nl", name=name), server)
    (raw,) = (value for header, value in handler.taken[0][1].raw_items() if header == "To")
    assert str(make_header(decode_header(raw))) == f"{name} <a@y.nl>"


def test_no_address_brings_a_command_in(handler, server, letters):
    report, _ = sent(letters("a@y.nl>\r\nRCPT TO:<b@y.nl", "a@y.nl\r\nBcc: c@y.nl"), server)
    assert (report.n_failed("permanent"), handler.taken) == (2, [])


ENCODED = ["=?utf-8?q?", "=?utf-8?b?DQpCY2M6IHg=", "=0D=0ABcc:_x", "?=", "=", "?", " ", "ë", "\n", "\u200b"]


@settings(max_examples=60)
@given(st.text(max_size=80) | st.lists(st.sampled_from(ENCODED), max_size=12).map("".join))
def test_any_name_and_subject_make_a_message_with_the_same_headers(text):
    contact = Contact(text, "team@x.nl")
    written = Letter("reminder", text, "a@y.nl", "p1", text, "text", "<p>text</p>", sender=contact)
    raw = envelope(written, message_id="<1@x.nl>", at=NOON).message.as_bytes()
    read = email.message_from_bytes(raw, policy=email.policy.SMTP)
    ours = ["From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe"]
    ours += ["MIME-Version", "Content-Type", "Content-Language"]
    assert [*read] == ours
    assert raw.isascii()
    assert "".join(read["Subject"].split()) == "".join(header_text(text).split())


def test_a_study_without_an_address_cannot_send(study, letters, server):
    (written,) = letters("a@y.nl")
    with pytest.raises(InnosiError, match="names no address that letters come from; write it in"):
        sent([replace(written, sender=Contact("Zoë"))], server)
    with pytest.raises(InnosiError, match="the study's contact: 'x' is no e-mail address"):
        sent([replace(written, sender=Contact("Zoë", "x"))], server)


class Login:
    """Lets one user in, and remembers what it was told."""

    def __init__(self):
        self.told = []

    def __call__(self, _server, _session, _envelope, _mechanism, data):
        self.told.append((data.login, data.password))
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@pytest.fixture
def encryption():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.fixture
def trusted(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


def locked(server, security, password=PASSWORD):
    return MailServer("localhost", server.port, security, "jan@x.nl", password)


@pytest.mark.usefixtures("trusted")
def test_a_server_is_logged_into_over_an_encrypted_connection(handler, letters, encryption):
    login = Login()
    with running(handler, tls_context=encryption, require_starttls=True, authenticator=login) as server:
        report, _ = sent(letters("a@y.nl"), locked(server, "starttls"))
        with pytest.raises(MailError) as raised:
            sent(letters("a@y.nl"), locked(server, "starttls", "wrong-one"))
    assert report.n_sent == 1
    assert login.told[0] == (b"jan@x.nl", PASSWORD.encode())
    assert set(login.told[1:]) == {(b"jan@x.nl", b"wrong-one")}
    assert "does not let 'jan@x.nl' in (535" in str(raised.value)
    assert "wrong-one" not in str(raised.value)


@pytest.mark.usefixtures("trusted")
def test_a_server_may_be_encrypted_from_the_first_byte_on(handler, letters, encryption):
    with running(handler, ssl_context=encryption) as server:
        assert sent(letters("a@y.nl"), MailServer("localhost", server.port, "ssl"))[0].n_sent == 1


def test_a_server_that_nobody_vouches_for_is_not_trusted(handler, letters, encryption):
    login = Login()
    with (
        running(handler, tls_context=encryption, authenticator=login) as server,
        pytest.raises(MailError, match="cannot be trusted"),
    ):
        sent(letters("a@y.nl"), locked(server, "starttls"))
    assert login.told == []


def test_no_password_goes_to_a_server_without_encryption(handler, letters):
    with (
        running(handler) as server,
        pytest.raises(MailError, match=r"cannot do what is asked \(STARTTLS .*; use smtps://") as raised,
    ):
        sent(letters("a@y.nl"), locked(server, "starttls"))
    assert PASSWORD not in str(raised.value)
    assert handler.taken == []


def test_a_login_without_a_password_is_refused_before_anything_is_sent(letters):
    with pytest.raises(
        MailError, match=r"smtp://jan%40x.nl@localhost:1\?starttls: 'jan@x.nl' needs a password"
    ):
        sent(letters("a@y.nl"), MailServer("localhost", 1, "starttls", "jan@x.nl"))


@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("127.0.0.1", r"cannot be reached \(Connection refused\)"),
        ("no..machine", "there is no machine .no..machine."),
    ],
)
def test_a_server_that_cannot_be_reached_is_told(letters, host, message):
    with pytest.raises(MailError, match=message):
        sent(letters("a@y.nl"), MailServer(host, free_port(), "none"))


@pytest.mark.usefixtures("trusted")
def test_a_password_that_cannot_be_sent_is_refused_unseen(handler, letters, encryption):
    with (
        running(handler, tls_context=encryption, authenticator=Login()) as server,
        pytest.raises(MailError, match="letters that cannot be sent") as raised,
    ):
        sent(letters("a@y.nl"), locked(server, "starttls", "geheim-ë"))
    assert "geheim" not in str(raised.value)
    assert raised.value.__suppress_context__


PANELLISTS = st.sets(st.sampled_from("abcdef"))


@given(st.permutations("abcdef"), PANELLISTS, PANELLISTS, PANELLISTS)
def test_a_reminder_goes_to_who_was_invited_and_has_neither_finished_nor_withdrawn(
    panellists, complete, withdrawn, invited
):
    due = due_for_reminder(panellists, complete, withdrawn, invited)
    assert set(due) == invited - complete - withdrawn
    assert list(due) == [each for each in panellists if each in due]


def test_nobody_is_due_twice_nor_without_being_on_the_panel():
    assert due_for_reminder(["b", "a", "b"], [], [], ["a", "b", "c"]) == ("b", "a")
