"""Mail by SMTP."""

import asyncio
import re
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from uuid import UUID

import aiosmtplib

from services.notify.domain.attempt import Outcome, Refused, Taken, TryLater
from services.notify.domain.message import Message

SECONDS = 10.0
"""How long one attempt may take, all in all."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
# Long lines stay whole, so that a private link is never broken.
_POLICY = policy.SMTP.clone(max_line_length=500)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes out."""

    host: str
    port: int
    sender: str
    security: str = "opportunistic"
    """`opportunistic`, `starttls` or `tls`."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)


class Mail:
    """Carries messages to a mail server.

    Whether a server that stops answering took the message cannot be known. So every attempt at an alert carries
    the same Message-ID, by which a mailbox drops the repeat.
    """

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def carry(self, message: Message) -> Outcome:
        """One attempt. Reasons are codes: what a server says may repeat the address."""
        if not _ADDRESS.fullmatch(message.address):
            return Refused("address-not-usable")
        try:
            letter = self._letter(message)
        except ValueError:
            return Refused("header-not-usable")
        return await self._try(letter)

    async def take_back(self, alert_id: UUID) -> bool:  # noqa: ARG002  (whatever it is, it has arrived)
        """Mail that has left cannot be called back."""
        return False

    async def _try(self, letter: EmailMessage) -> Outcome:
        try:
            await self._send(letter)
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            return _by_code(max(one.code for one in refusal.recipients))
        except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as refusal:
            return _by_code(refusal.code)
        except aiosmtplib.SMTPResponseException as refusal:
            # The server is in trouble with us, not with this message.
            return TryLater(f"mail-server-said-{refusal.code}")
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            return TryLater("mail-server-not-reachable")
        return Taken()

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage(policy=_POLICY)
        letter["From"] = self._server.sender
        letter["To"] = message.address
        letter["Subject"] = message.subject
        letter["Date"] = format_datetime(localtime())
        letter["Message-ID"] = message_id(message.alert_id, self._server.sender)
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.body)
        return letter

    async def _send(self, letter: EmailMessage) -> None:
        server = self._server
        async with asyncio.timeout(SECONDS):
            await aiosmtplib.send(
                letter,
                hostname=server.host,
                port=server.port,
                username=server.user,
                password=server.password,
                use_tls=server.security == "tls",
                start_tls={"starttls": True, "tls": False}.get(server.security),
            )


def message_id(alert_id: UUID, sender: str) -> str:
    """The same for every attempt at one alert."""
    return f"<{alert_id}@{sender.rpartition('@')[2]}>"


def _by_code(code: int) -> Outcome:
    if code >= 500:
        return Refused("refused-by-provider")
    return TryLater(f"mail-server-said-{code}")
