import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage

import aiosmtplib
import pytest

from deploy.local.mailbox import Mailbox


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    opened = Mailbox(refuse=["Gone@practice.example"])
    opened.start()
    yield opened
    opened.stop()


def a_mail(to: str = "team@practice.example", subject: str = "A handover waits") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "baton@ward.example", to, subject
    mail["Message-ID"] = "<one@ward.example>"
    mail.set_content("Please look: http://127.0.0.1:8002/offers/1 ŵ <script>alert(1)</script>\n")
    return mail


async def post(mailbox: Mailbox, mail: EmailMessage) -> None:
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=mailbox.smtp_port)


def look(mailbox: Mailbox, path: str) -> tuple[str, str]:
    with urllib.request.urlopen(mailbox.url + path) as answer:
        return answer.read().decode(), answer.headers["Content-Security-Policy"]


async def test_a_mail_is_kept_and_can_be_read_by_a_program(mailbox: Mailbox) -> None:
    await post(mailbox, a_mail())

    (told,) = json.loads(look(mailbox, "/messages")[0])

    assert told["to"] == ["team@practice.example"]
    assert told["subject"] == "A handover waits"
    assert told["message_id"] == "<one@ward.example>"
    assert told["body"].startswith("Please look: http://127.0.0.1:8002/offers/1 ŵ")
    assert told["received_at"].endswith("+00:00")


async def test_a_refused_address_is_unknown_at_the_door(mailbox: Mailbox) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await post(mailbox, a_mail(to="gone@practice.example"))

    assert [each.code for each in refused.value.recipients] == [550]
    assert mailbox.messages() == []


async def test_a_mail_cannot_put_its_own_markup_on_the_page(mailbox: Mailbox) -> None:
    await post(mailbox, a_mail(subject="<b>bold</b>"))

    for path in ("/", "/mails/1"):
        html, policy = look(mailbox, path)
        assert "&lt;b&gt;bold&lt;/b&gt;" in html
        assert "<script" not in html
        assert policy.startswith("default-src 'none'")


async def test_an_address_in_a_mail_can_be_followed(mailbox: Mailbox) -> None:
    await post(mailbox, a_mail())

    assert '<a href="http://127.0.0.1:8002/offers/1"' in look(mailbox, "/mails/1")[0]


def test_a_mail_that_never_came_is_not_found(mailbox: Mailbox) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404") as missing:
        look(mailbox, "/mails/1")
    missing.value.close()
