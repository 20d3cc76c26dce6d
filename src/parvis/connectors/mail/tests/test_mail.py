"""What leaves the house: files, and SMTP against a small server of our own."""

import email
import socket
import threading
from collections.abc import Iterator
from email import policy

import pytest

from parvis.connectors.mail.kept import KeptMail
from parvis.connectors.mail.smtp import SmtpMail
from parvis.domains.messaging.ports import Mail, MailRefused, MailUnavailable, MailUnsure

MAIL = Mail(
    message_id="<abc123@shop.example>",
    to="claire@parvis.example",
    subject="Votre robe en lin : qu’en pensez-vous ?",
    text="Bonjour Claire,\n",
    html="<p>Bonjour Claire,</p>\n",
    locale="fr",
    headers={"List-Unsubscribe": "<https://shop.example/u/x/>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
)


def test_a_file_a_mail_whole_and_once(tmp_path):
    box = KeptMail(tmp_path / "mail")
    assert box.took(MAIL.message_id) is False
    assert box.send(MAIL) == box.send(MAIL) == "abc123.eml"
    assert box.took(MAIL.message_id) is True
    (file,) = (tmp_path / "mail").iterdir()
    read = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert read["Subject"] == MAIL.subject
    assert read["Message-ID"] == MAIL.message_id
    assert read["Content-Language"] == "fr"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read.get_body(("plain",)).get_content() == MAIL.text
    assert read.get_body(("html",)).get_content() == MAIL.html


def test_an_address_that_is_none_is_refused(tmp_path):
    from dataclasses import replace

    with pytest.raises(MailRefused):
        KeptMail(tmp_path).send(replace(MAIL, to="nobody at home"))


class Server:
    """Speaks as much SMTP as one mail needs; ``answers`` replaces the reply to a command; "" hangs up."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = {"EHLO": "250 me", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", **answers}
        self.taken: list[bytes] = []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        try:
            connection, _ = self.listening.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 me\r\n")
            while line := lines.readline():
                verb = line.split()[0].decode().upper()
                if verb == "QUIT":
                    connection.sendall(b"421 not in the mood\r\n")
                    return
                answer = self.answers[verb]
                if not answer:
                    return
                connection.sendall(f"{answer}\r\n".encode())
                if answer.startswith("354"):
                    body = b""
                    while (part := lines.readline()) != b".\r\n":
                        body += part
                    self.taken.append(body)
                    end = self.answers.get(".", "250 queued as 77")
                    if not end:
                        return
                    connection.sendall(f"{end}\r\n".encode())


@pytest.fixture
def server(request) -> Iterator[Server]:
    made = Server(getattr(request, "param", {}))
    yield made
    made.listening.close()


def test_smtp_hands_over_once_and_a_rude_farewell_changes_nothing(server):
    assert "queued as 77" in SmtpMail(host="127.0.0.1", port=server.port).send(MAIL)
    (body,) = server.taken
    assert b"Message-ID: <abc123@shop.example>" in body
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in body


@pytest.mark.parametrize(
    ("server", "error"),
    [
        ({"RCPT": "550 no such user"}, MailRefused),
        ({"RCPT": "450 come back later"}, MailUnavailable),
        ({"MAIL": "550 who are you"}, MailUnavailable),
        ({"DATA": "451 not now"}, MailUnavailable),
        ({".": "554 spam"}, MailRefused),
        ({".": "452 full"}, MailUnavailable),
        ({"RCPT": ""}, MailUnavailable),
        ({".": ""}, MailUnsure),
    ],
    indirect=["server"],
)
def test_what_a_server_says_becomes_what_to_do(server, error):
    with pytest.raises(error):
        SmtpMail(host="127.0.0.1", port=server.port).send(MAIL)


def test_no_server_is_worth_another_try():
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    with pytest.raises(MailUnavailable):
        SmtpMail(host="127.0.0.1", port=port).send(MAIL)
    assert SmtpMail(host="127.0.0.1", port=port).took(MAIL.message_id) is None
