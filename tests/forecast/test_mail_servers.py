import pytest

from innosi.forecast.people.mail_server import MailError, MailServer

PASSWORD = "not-to-be-seen"


def test_a_password_is_not_part_of_a_servers_text():
    server = MailServer.parse("smtps://jan@x.nl", password=PASSWORD)
    assert PASSWORD not in f"{server} {server!r}"


SERVERS = {
    "smtp://jan@x.nl:587?starttls": MailServer("x.nl", 587, "starttls", "jan"),
    "smtp://x.nl?starttls": MailServer("x.nl", 587, "starttls"),
    "smtps://jan%40x.nl@mail.x.nl": MailServer("mail.x.nl", 465, "ssl", "jan@x.nl"),
    "SMTPS://jan@x.nl@mail.x.nl:4650/": MailServer("mail.x.nl", 4650, "ssl", "jan@x.nl"),
    "smtp://x.nl": MailServer("x.nl", 25, "none"),
    "smtp://jan@localhost:1025": MailServer("localhost", 1025, "none", "jan"),
    "smtp://[::1]:25?STARTTLS": MailServer("::1", 25, "starttls"),
}


@pytest.mark.parametrize(("text", "server"), SERVERS.items())
def test_an_address_names_a_server_and_is_written_again_alike(text, server):
    assert MailServer.parse(text) == server
    assert MailServer.parse(str(server)) == server


NO_SERVERS = {
    "x.nl": "'x.nl' is no address of a mail server; write smtp://",
    "smpt://x.nl": "mail does not go by 'smpt'; did you mean 'smtp'.*\n  smpt://x.nl\n  \\^",
    "smtp://x.nl:mail": "'mail' is no port; give a number.*\n  smtp://x.nl:mail\n {14}\\^",
    "smtp://x.nl:0": "'0' is no port",
    "smtp://x.nl:70000": "'70000' is no port",
    "smtp://x.nl:٢٥": "'٢٥' is no port",
    "smtp://:25": "names no machine",
    "smtp://x.nl?startls": "'startls' is no option of a mail server; did you mean 'starttls'",
    "smtps://x.nl?starttls": "smtps:// is encrypted already; leave .starttls out",
    "smtp://jan@x.nl": "the password would be sent unencrypted; end the address with .starttls",
    f"smtps://jan:{PASSWORD}@x.nl": "holds a password.*\n  smtps://jan:…@x.nl\n {10}\\^",
    f"smtps://jan:{PASSWORD}@x.nl:no": "'no' is no port.*\n  smtps://jan:…@x.nl:no\n {21}\\^",
    f"mail://jan:{PASSWORD}@x.nl/a/b": "'mail://jan:…@x.nl/a/b' is no address",
}


@pytest.mark.parametrize(("text", "message"), NO_SERVERS.items(), ids=range(len(NO_SERVERS)))
def test_what_is_no_address_of_a_server_is_told_with_its_place(text, message):
    with pytest.raises(MailError, match=message) as raised:
        MailServer.parse(text)
    assert PASSWORD not in str(raised.value)
