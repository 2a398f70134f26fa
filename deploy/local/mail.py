"""One mail as the mailbox keeps it."""

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage


@dataclass(frozen=True)
class Mail:
    number: int
    sender: str
    to: tuple[str, ...]
    subject: str
    message_id: str
    body: str
    received_at: datetime

    def as_json(self) -> dict[str, object]:
        return {
            "number": self.number,
            "from": self.sender,
            "to": list(self.to),
            "subject": self.subject,
            "message_id": self.message_id,
            "body": self.body,
            "received_at": self.received_at.isoformat(),
        }


def read_mail(number: int, sender: str, to: list[str], content: bytes) -> Mail:
    """Read what came over SMTP; `to` is the envelope, since that is who would have got it."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    return Mail(
        number=number,
        sender=sender,
        to=tuple(to),
        subject=str(message.get("Subject", "")),
        message_id=str(message.get("Message-ID", "")),
        body=_text_of(message).replace("\r\n", "\n"),
        received_at=datetime.now(UTC),
    )


def _text_of(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
