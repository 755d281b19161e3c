import csv
import email
import email.policy
import socket
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner

from innosi.forecast.answers.importing import import_answers
from innosi.forecast.cli import cli
from innosi.forecast.conducting import close_open_round, finish, give_feedback, open_next_round, snapshot
from innosi.forecast.due_letters import UNCERTAIN, Wanted, due_letters
from innosi.forecast.inviting import Contents, send_by_email, write_mail_merge
from innosi.forecast.people.mail_server import MailServer
from innosi.forecast.people.own_texts import own_text
from innosi.forecast.people.person import Person
from innosi.forecast.questionnaires.form import read_form
from innosi.forecast.running import begin, load_running_study, running_study
from innosi.forecast.store.mailings import read_mailed
from innosi.forecast.store.panel import record_consent, record_letters, record_people, record_withdrawal
from innosi.models.errors import InnosiError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STUDY = """\
title: Gardens for everybody
panel: {minimum_group_size: 2}
rounds: [Before, After]
contact: {name: Jo, email: jo@x.nl}
questions:
  rating: {text: Does it bring people together?, type: rating, scale: {low: 1, high: 5}}
  chance: {text: How likely is it?, type: probability}
"""
PEOPLE = (
    Person("Anna", "anna@x.nl", "", (), "nl", "K01"),
    Person("Bram", "bram@x.nl", "", (), "", "K02"),
    Person("Cees", "cees@x.nl", "", (), "", "K03"),
    Person("Dirk", "dirk@x.nl", "", (), "", "K04"),
    Person("Emma", "", "", (), "", "K05"),
)
LINK = Contents(link="https://x.nl/{pseudonym}")
INVITATION, REMINDER = Wanted("invitation"), Wanted("reminder")


class Server:
    """What a mail server was told; what it refuses is set by address."""

    def __init__(self):
        self.taken, self.refused, self.after, self.most = [], {}, lambda: None, 9

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802
        envelope.mail_from = address
        return "250 OK" if len(self.taken) < self.most else "550 enough for today"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        content = envelope.content.decode("utf-8")
        self.taken.append(
            (envelope.rcpt_tos[0], email.message_from_string(content, policy=email.policy.SMTP))
        )
        self.after()
        return "250 OK"

    @property
    def receivers(self):
        return [receiver.partition("@")[0] for receiver, _ in self.taken]


@contextmanager
def listening(handler):
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield MailServer("127.0.0.1", port, "none")
    finally:
        controller.stop()


@pytest.fixture
def handler():
    return Server()


@pytest.fixture
def server(handler):
    with listening(handler) as found:
        yield found


def begun(folder, text=STUDY, store_url=""):
    """A study with round 1 open; K04 withdrew, and of K05 no address is known."""
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    found = load_running_study(path, store_url=store_url).found
    with begin(found, at=NOON).writing() as transaction:
        record_people(transaction, PEOPLE, at=NOON)
        record_withdrawal(transaction, "K04", at=NOON)
    open_next_round(running_study(found), at=NOON)
    return path


@pytest.fixture
def path(tmp_path):
    return begun(tmp_path)


def innosi(*arguments, code=0, **more):
    result = CliRunner().invoke(cli, ["delphi", *map(str, arguments)], **more)
    assert result.exit_code == code, result.output
    return result


def answered(path, table, number=None):
    file = path.with_name("answers.csv")
    file.write_text(table, encoding="utf-8")
    import_answers(load_running_study(path).found, file, at=NOON)


def sent(path, wanted, server, contents=LINK, hours=1):
    at = NOON + timedelta(hours=hours)
    return send_by_email(load_running_study(path), wanted, contents, server, clock=lambda: at)


def due(path, wanted, hours=1):
    found = due_letters(load_running_study(path), wanted, at=NOON + timedelta(hours=hours))
    return [each.pseudonym for each in found.people]


def mailed(path, kind="invitation", number=1):
    with load_running_study(path).store.reading() as transaction:
        return read_mailed(transaction, kind, number)


def closed_and_fed_back(path):
    close_open_round(load_running_study(path), at=NOON + timedelta(hours=2))
    give_feedback(load_running_study(path), at=NOON + timedelta(hours=3))


def test_everybody_with_an_address_is_invited_once(path, handler, server):
    first = sent(path, INVITATION, server)
    assert handler.receivers == ["anna", "bram", "cees"]
    assert first.due.left_out == {"no e-mail address is known": 1}
    assert sent(path, INVITATION, server).report.n_sent == 0
    assert {who for who, each in mailed(path).items() if each.sent_at} == {"K01", "K02", "K03"}


def test_letters_are_in_the_language_and_with_the_link_of_whoever_reads_them(path, handler, server):
    sent(path, INVITATION, server)
    anna, bram = (message for _, message in handler.taken[:2])
    assert (anna["Content-Language"], bram["Content-Language"]) == ("nl", "en")
    assert "https://x.nl/K02" in bram.get_body(("plain",)).get_content()


def test_nobody_is_reminded_who_has_finished_withdrew_or_was_not_invited(path, handler, server):
    sent(path, replace(INVITATION, panellists=("K01", "K02")), server)
    answered(path, "panellist,rating,chance\nK01,4,0.5\nK02,4,\nK03,3,\n")
    assert due(path, REMINDER) == ["K02"]
    handler.taken.clear()
    sent(path, REMINDER, server)
    assert handler.receivers == ["bram"]


def test_nobody_is_invited_who_has_answered_everything_already(path):
    answered(path, "panellist,rating,chance\nK01,4,0.5\n")
    assert due(path, INVITATION) == ["K02", "K03"]


def test_whoever_does_not_agree_to_take_part_is_left_alone(path):
    with load_running_study(path).store.writing() as transaction:
        record_consent(transaction, {"K01": False}, text_sha256="", how="form", at=NOON)
    assert due(path, INVITATION) == ["K02", "K03"]


def test_whoever_finishes_while_letters_go_out_gets_none(path, handler, server):
    handler.after = lambda: answered(path, "panellist,rating,chance\nK02,4,0.5\n")
    sent(path, INVITATION, server)
    assert handler.receivers == ["anna", "cees"]


def test_a_round_that_is_closed_while_letters_go_out_ends_them(path, handler, server):
    handler.after = lambda: close_open_round(load_running_study(path), at=NOON + timedelta(hours=1))
    with pytest.raises(InnosiError, match="no round is open: round 1 is closed"):
        sent(path, INVITATION, server)
    assert handler.receivers == ["anna"]
    assert mailed(path)["K01"].sent_at


def test_a_run_that_was_interrupted_goes_on_where_it_stopped(path, handler, server):
    def broken():
        if len(handler.taken) == 2:
            raise KeyboardInterrupt

    times = iter(range(100))
    clock = lambda: NOON + timedelta(minutes=next(times))  # noqa: E731
    running = load_running_study(path)
    with pytest.raises(KeyboardInterrupt):
        send_by_email(running, INVITATION, LINK, server, clock=clock, pause=1, sleep=lambda _: broken())
    assert handler.receivers == ["anna", "bram"]
    sent(path, INVITATION, server)
    assert handler.receivers == ["anna", "bram", "cees"]


def test_a_letter_that_is_refused_is_kept_with_its_reason_and_tried_again(path, handler, server):
    handler.refused["bram@x.nl"] = "550 no such box"
    report = sent(path, INVITATION, server).report
    assert (report.n_sent, report.n_failed("permanent")) == (2, 1)
    assert mailed(path)["K02"].failure == "permanent: 550 no such box"
    handler.refused.clear()
    sent(path, INVITATION, server)
    assert handler.receivers == ["anna", "cees", "bram"]


def test_a_letter_that_may_have_arrived_is_not_sent_again_unasked(path):
    failure = f"{UNCERTAIN}: the connection broke"
    with load_running_study(path).store.writing() as transaction:
        record_letters(
            transaction, ["K01"], kind="invitation", number=1, how="smtp", at=NOON, failure=failure
        )
    assert due(path, INVITATION) == ["K02", "K03"]
    assert due(path, replace(INVITATION, again=True)) == ["K01", "K02", "K03"]


def test_again_writes_to_nobody_who_was_just_written_to_unless_named(path, server):
    sent(path, INVITATION, server, hours=1)
    again = replace(INVITATION, again=True)
    assert due(path, again, hours=3) == []
    assert due(path, replace(again, panellists=("K01",)), hours=3) == ["K01"]
    assert due(path, again, hours=14) == ["K01", "K02", "K03"]


def test_everybody_gets_their_own_workbook_attached(path, handler, server, tmp_path):
    sent(path, INVITATION, server, Contents(attached="form"))
    for receiver, message in handler.taken:
        (attachment,) = message.iter_attachments()
        (tmp_path / "form.xlsx").write_bytes(attachment.get_content())
        who = read_form(tmp_path / "form.xlsx").label.pseudonym
        assert attachment.get_filename() == f"{who}.xlsx"
        assert receiver == {each.pseudonym: each.email for each in PEOPLE}[who]


def test_feedback_is_sent_once_it_is_released_each_their_own(path, handler, server):
    feedback = Wanted("feedback", panellists=("K01",))
    answered(path, "panellist,rating\nK01,4\nK02,3\n")
    close_open_round(load_running_study(path), at=NOON + timedelta(hours=2))
    with pytest.raises(InnosiError, match="no feedback is released"):
        sent(path, feedback, server)
    give_feedback(load_running_study(path), at=NOON + timedelta(hours=3))
    sent(path, feedback, server, Contents(attached="print"))
    ((_, message),) = handler.taken
    (attachment,) = message.iter_attachments()
    assert attachment.get_content().startswith(b"%PDF")
    assert mailed(path, "feedback")["K01"].sent_at
    assert "1 panellist" in innosi("undo", path, code=2).stderr


def test_thanks_go_to_those_who_answered_and_tell_of_the_end_only_at_the_end(path, handler, server):
    thanks = Wanted("thanks")
    with pytest.raises(InnosiError, match="nothing to thank for: round 1 is open"):
        due(path, thanks)
    answered(path, "panellist,rating\nK02,4\n")
    closed_and_fed_back(path)
    sent(path, thanks, server)
    finish(load_running_study(path), at=NOON + timedelta(hours=4))
    sent(path, replace(thanks, again=True), server, hours=30)
    first, last = (message.get_body(("plain",)).get_content() for _, message in handler.taken)
    assert handler.receivers == ["bram", "bram"]
    assert "when the next round begins" in first
    assert "is finished" in last


def test_letters_that_speak_of_an_attachment_need_one(path, server):
    with pytest.raises(InnosiError, match="speaks of an attachment, and there is none"):
        sent(path, INVITATION, server, Contents())
    assert sent(path, INVITATION, server, Contents(own_text("Come!", "invitation"))).report.n_sent == 3


@pytest.mark.parametrize(
    ("wanted", "contents", "said"),
    [
        (INVITATION, Contents(link="https://x.nl/{name}"), "{name} is no field of a link"),
        (INVITATION, Contents(link="x.nl"), "is no web address"),
        (INVITATION, Contents(own_text("By {deadline}", "invitation")), "says {deadline}, and there is none"),
        (Wanted("thanks"), Contents(attached="form"), "a letter of thanks brings no file"),
        (Wanted("feedback"), Contents(attached="form"), "feedback is no form"),
        (replace(INVITATION, panellists=("K9",)), LINK, "'K9' is not on the panel"),
        (replace(INVITATION, panellists=("K04",)), LINK, "'K04' has withdrawn"),
    ],
)
def test_what_no_letter_can_say_is_refused_before_any_is_sent(path, handler, server, wanted, contents, said):
    with pytest.raises(InnosiError, match=said):
        sent(path, wanted, server, contents)
    assert handler.taken == []


def test_after_the_deadline_nobody_is_asked_to_answer_by_it(tmp_path):
    path = begun(tmp_path, STUDY.replace("[Before,", "[{title: Before, deadline: 2026-03-05},"))
    assert due(path, INVITATION)
    with pytest.raises(InnosiError, match="the deadline of round 1 passed on 2026-03-05; move it"):
        due(path, INVITATION, hours=24 * 5)


def test_in_real_time_a_snapshot_invites_nobody_anew_and_finished_is_finished(tmp_path, server):
    path = begun(tmp_path, STUDY.replace("rounds:", "mode: real_time\nrounds:"))
    sent(path, INVITATION, server)
    answered(path, "panellist,rating,chance\nK01,4,0.5\nK02,4,\n")
    snapshot(load_running_study(path), at=NOON + timedelta(hours=2))
    assert due(path, INVITATION, hours=3) == []
    assert due(path, REMINDER, hours=3) == ["K02", "K03"]


def test_a_table_for_mail_merge_holds_everybody_and_counts_as_sent(path, tmp_path):
    table = tmp_path / "letters.csv"
    result = innosi("invite", path, "--mail-merge", table, "--link", "https://x.nl/{pseudonym}")
    assert "written" in result.output
    assert "speak of an attachment" not in result.output
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["pseudonym"] for row in rows if row.get("link")] == ["K01", "K02", "K03", "K05"]
    refused = innosi("invite", path, "--mail-merge", table, code=2).stderr
    assert "nobody is due for this letter (4 had it already)" in refused
    assert "K05" in table.read_text(encoding="utf-8")


def test_letters_for_mail_merge_that_speak_of_an_attachment_say_how_it_is_written(path, tmp_path):
    result = innosi("invite", path, "--mail-merge", tmp_path / "letters.csv")
    assert "they speak of an attachment" in result.output
    assert "innosi delphi questionnaires" in result.output


def test_a_table_that_cannot_be_written_counts_for_nothing(path, tmp_path):
    (tmp_path / "file").write_text("in the way")
    wanted = replace(INVITATION, needs_address=False)
    with pytest.raises(InnosiError, match="cannot be written"):
        write_mail_merge(
            load_running_study(path), wanted, LINK, tmp_path / "file" / "letters.csv", clock=lambda: NOON
        )
    assert mailed(path) == {}


def test_the_commands_show_send_and_remind(path, handler, server):
    shown = innosi("invite", path, "--dry-run").output
    assert "anna@x.nl" in shown
    assert handler.taken == []
    link = ("--link", "https://x.nl/{pseudonym}")
    assert "1 left out: no e-mail address" in innosi("invite", path, "--smtp", server, *link).output
    answered(path, "panellist,rating,chance\nK01,4,0.5\n")
    handler.taken.clear()
    innosi("remind", path, "--smtp", server, *link)
    assert handler.receivers == ["bram", "cees"]


def test_a_password_comes_from_the_environment_or_a_prompt_and_never_from_the_command(path, server):
    url = f"smtp://jo@127.0.0.1:{server.port}"
    link = ("--link", "https://x.nl")
    for more in ({"env": {"INNOSI_SMTP_PASSWORD": "not-to-be-seen"}}, {"input": "not-to-be-seen\n"}):
        refused = innosi("invite", path, "--smtp", url, *link, code=2, **more)
        assert "cannot do what is asked" in refused.stderr
        assert "not-to-be-seen" not in refused.output
    refused = innosi("invite", path, "--smtp", "smtp://jo:secret@x.nl", *link, code=2)
    assert "holds a password" in refused.stderr
    assert "secret" not in refused.stderr


def test_a_server_that_takes_no_more_is_told_and_the_next_run_goes_on(path, handler, server):
    handler.most = 1
    to = ("--smtp", server, "--link", "https://x.nl")
    refused = innosi("invite", path, *to, code=2)
    assert "takes no letters from jo@x.nl (550 enough for today); 2 letters were not tried" in refused.stderr
    assert "say the same command again" in refused.stderr
    handler.most = 9
    innosi("invite", path, *to)
    assert handler.receivers == ["anna", "bram", "cees"]


def test_who_has_finished_is_counted_alike_in_postgresql(tmp_path, postgresql_database):
    path = begun(tmp_path, STUDY.replace("title:", "name: gardens\ntitle:"), postgresql_database)
    study = replace(load_running_study(path).found, store_url=postgresql_database)
    (tmp_path / "answers.csv").write_text("panellist,rating,chance\nK01,4,0.5\nK02,4,\n", encoding="utf-8")
    import_answers(study, tmp_path / "answers.csv", at=NOON)
    found = due_letters(running_study(study), INVITATION, at=NOON)
    assert [each.pseudonym for each in found.people] == ["K02", "K03"]
    assert found.left_out == {"answered everything": 1, "no e-mail address is known": 1}


@pytest.mark.parametrize("options", [(), ("--smtp", "smtp://x.nl", "--mail-merge", "l.csv")])
def test_how_letters_go_out_is_said_once(path, options):
    assert "say how" in innosi("invite", path, *options, code=2).stderr
