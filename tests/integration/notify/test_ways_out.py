"""Mail and letters as they leave: the right headers, nothing smuggled in, whole or not at all."""

import asyncio
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from deploy.local.mailbox import Mailbox
from deploy.local.ports import free_port
from services.notify.domain.alert import Channel
from services.notify.domain.attempt import Refused, Taken, TryLater
from services.notify.domain.message import Message
from services.notify.outbound.letters import Letters
from services.notify.outbound.mail import Mail, MailServer, message_id

SENDER = "baton@fellside.example.net"
MESSAGE = Message(
    UUID("01a200be-0000-7000-8000-000000000001"),
    Channel.EMAIL,
    "edna@patients.example.net",
    "Your care team has a plan for you",
    "Hello ŵ\n\nhttps://plan.example.net/p/" + "x" * 120 + "\n",
)


@pytest.fixture
def mail(mailbox: Mailbox) -> Mail:
    return Mail(MailServer("127.0.0.1", mailbox.smtp_port, SENDER))


def words_in(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in folder.iterdir()]


def put(path: Path, words: str) -> None:
    path.write_text(words, encoding="utf-8")


async def test_a_mail_arrives_with_its_words_and_a_reference_that_repeats(mail, mailbox):
    assert await mail.carry(MESSAGE) == Taken()
    assert await mail.carry(MESSAGE) == Taken()

    first, second = mailbox.messages()
    assert first.body == MESSAGE.body
    assert first.to == ("edna@patients.example.net",)
    assert first.message_id == second.message_id == message_id(MESSAGE.alert_id, SENDER)
    assert first.message_id == "<01a200be-0000-7000-8000-000000000001@fellside.example.net>"


@pytest.mark.parametrize(
    "address",
    [
        "edna@patients.example.net\r\nBcc: everybody@example.net",
        "edna@patients.example.net, everybody@example.net",
        "Edna <edna@patients.example.net>",
        "edna",
        "@example.net",
        "edna@localhost",
        "edna hartley@example.net",
        "",
    ],
)
async def test_an_address_that_is_more_than_an_address_is_refused(mail, mailbox, address):
    assert await mail.carry(replace(MESSAGE, address=address)) == Refused("address-not-usable")
    assert mailbox.messages() == []


async def test_a_line_break_in_a_header_is_refused(mail, mailbox):
    smuggling = replace(MESSAGE, subject="Hello\r\nBcc: everybody@example.net")

    assert await mail.carry(smuggling) == Refused("header-not-usable")
    assert mailbox.messages() == []


async def test_a_dot_alone_on_a_line_does_not_end_the_mail(mail, mailbox):
    body = "before\n.\nQUIT\nafter\n"

    assert await mail.carry(replace(MESSAGE, body=body)) == Taken()
    assert mailbox.messages()[0].body == body


async def test_an_unknown_recipient_is_refused_for_good(mail, mailbox):
    mailbox.refuse(MESSAGE.address)

    assert await mail.carry(MESSAGE) == Refused("refused-by-provider")


async def test_a_server_that_is_away_may_come_back():
    mail = Mail(MailServer("127.0.0.1", free_port(), SENDER))

    assert await mail.carry(MESSAGE) == TryLater("mail-server-not-reachable")


async def test_a_server_that_never_answers_is_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr("services.notify.outbound.mail.SECONDS", 0.05)

    hung_up = asyncio.Event()

    async def silent(reader, writer):
        await reader.read()
        writer.close()
        await writer.wait_closed()
        hung_up.set()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        mail = Mail(MailServer("127.0.0.1", server.sockets[0].getsockname()[1], SENDER))
        assert await mail.carry(MESSAGE) == TryLater("mail-server-not-reachable")
        await hung_up.wait()


async def test_a_server_without_encryption_is_not_used_where_encryption_is_asked_for(mailbox):
    mail = Mail(MailServer("127.0.0.1", mailbox.smtp_port, SENDER, "starttls"))

    assert isinstance(await mail.carry(MESSAGE), TryLater)
    assert mailbox.messages() == []


async def test_a_letter_is_whole_and_readable_by_its_owner_only(tmp_path: Path):
    letter = replace(MESSAGE, channel=Channel.LETTER)

    assert await Letters(tmp_path / "out").carry(letter) == Taken()

    (path,) = (tmp_path / "out").iterdir()
    assert path.name == f"{letter.alert_id}.html"
    assert path.read_text(encoding="utf-8") == letter.body
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_a_half_written_letter_of_a_crash_is_written_anew(tmp_path: Path):
    put(tmp_path / f".{MESSAGE.alert_id}.part", "Hel")

    assert await Letters(tmp_path).carry(MESSAGE) == Taken()

    assert words_in(tmp_path) == [MESSAGE.body]


async def test_a_repeated_letter_leaves_the_first_alone(tmp_path: Path):
    letters = Letters(tmp_path)
    await letters.carry(MESSAGE)

    assert await letters.carry(replace(MESSAGE, body="another link")) == Taken()
    assert words_in(tmp_path) == [MESSAGE.body]


async def test_a_letter_that_lies_there_can_be_taken_back_once(tmp_path: Path):
    letters = Letters(tmp_path)
    await letters.carry(MESSAGE)

    assert await letters.take_back(MESSAGE.alert_id)
    assert words_in(tmp_path) == []
    assert not await letters.take_back(MESSAGE.alert_id), "now it is as if the printer had it"


async def test_a_folder_that_is_not_there_has_no_letter_to_take_back(tmp_path: Path):
    assert not await Letters(tmp_path / "gone").take_back(MESSAGE.alert_id)


async def test_mail_that_has_left_cannot_be_taken_back(mail):
    await mail.carry(MESSAGE)

    assert not await mail.take_back(MESSAGE.alert_id)


async def test_a_folder_that_cannot_be_written_to_may_be_mended(tmp_path: Path):
    put(tmp_path / "file", "in the way")

    assert await Letters(tmp_path / "file" / "out").carry(MESSAGE) == TryLater(
        "letter-folder-not-writable"
    )
