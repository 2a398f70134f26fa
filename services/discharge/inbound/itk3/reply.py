"""An ITK3 response that a receiver sends back: which message it answers, and with what code (C7)."""

from datetime import UTC, datetime

from services.discharge.domain.reply import Reply
from services.discharge.inbound.clean import clean
from services.discharge.inbound.itk3 import codes
from services.discharge.inbound.itk3.bundle import Bundle, Faulty
from services.discharge.inbound.itk3.handling import Handling
from services.discharge.inbound.itk3.xml import Node

RESPONSE = "ITK008M"
"""The event of a message that answers another one."""


def read_reply(outer: Bundle, header: Node, handling: Handling, received_at: datetime) -> Reply:
    """What it answers. Raises `Faulty` when it does not say to which message, with what code, or who answers."""
    to_message = clean(header.said("response", "identifier"))
    if not to_message:
        text = "It does not say which message it answers"
        raise Faulty(codes.HEADER_INVALID, "MessageHeader.response.identifier", text)
    code = _code(outer)
    if not code:
        text = "It gives no response code"
        raise Faulty(codes.PAYLOAD_INVALID, "OperationOutcome.issue.details", text)
    if not handling.sender:
        text = "It does not say which organisation answers"
        raise Faulty(codes.HEADER_INVALID, "MessageHeader.sender", text)
    at = min(_when(clean(header.said("timestamp")), received_at), received_at)
    return Reply(to_message, code, handling.sender, at)


def _code(outer: Bundle) -> str:
    for outcome in outer.all("OperationOutcome"):
        for coding in outcome.all("issue", "details", "coding"):
            code = clean(coding.said("code"))
            if code.isascii() and code.isdigit() and len(code) == 5:
                return code
    return ""


def _when(said: str, received_at: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return received_at
    return at.astimezone(UTC) if at.tzinfo else received_at
