"""How a message wants to be handled: the extension in its header, and who it is from and for (C7)."""

from dataclasses import dataclass
from typing import Literal

from services.discharge.inbound.clean import clean, without_controls
from services.discharge.inbound.itk3 import codes
from services.discharge.inbound.itk3.bundle import Bundle, Faulty
from services.discharge.inbound.itk3.xml import Node

LONGEST_REFERENCE = 255
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Handling:
    """What the header says of the message as such."""

    message_id: str
    sender: str
    """ODS code; empty when it is not said."""
    receiver: str
    endpoint: str
    definition: str = ""
    sender_reference: str = ""
    """Given back to the sender as it is."""
    recipient_type: Literal["FA", "FI"] = "FA"
    wants_infrastructure_answer: bool = True
    """Also where it cannot be told: better an answer too many than a sender who waits (R74)."""
    wants_business_answer: bool = False


def addressing(outer: Bundle, header: Node) -> Handling:
    """Who speaks to whom: enough to answer a message whose handling cannot be read."""
    return Handling(
        message_id=clean(header.said("id") or outer.node.said("id")),
        sender=outer.ods_code(header.first("sender")),
        receiver=outer.ods_code(header.first("receiver")),
        endpoint=clean(header.said("source", "endpoint")),
        sender_reference=_sender_reference(_extension(header)),
    )


def read_handling(addressed: Handling, header: Node) -> Handling:
    """The handling as a whole. Raises `Faulty` with the response code of the part at fault."""
    extension = _extension(header)
    if extension is None:
        text = "The message handling extension is missing"
        raise Faulty(codes.HANDLING, "MessageHeader.extension", text)
    if not addressed.message_id:
        raise Faulty(codes.HEADER_INVALID, "MessageHeader.id", "The message has no id")
    recipient_type = _part(extension, "RecipientType").said("valueCoding", "code")
    if recipient_type not in ("FA", "FI"):
        raise Faulty(
            codes.RECIPIENT_TYPE, "RecipientType", "The recipient type is neither FA nor FI"
        )
    definition = _part(extension, "MessageDefinition").said("valueReference", "reference")
    if not definition:
        raise Faulty(codes.DEFINITION, "MessageDefinition", "The message definition is missing")
    reference = _part(extension, "SenderReference").said("valueString")
    if len(reference) > LONGEST_REFERENCE:
        text = f"The sender reference has more than {LONGEST_REFERENCE} characters"
        raise Faulty(codes.SENDER_REFERENCE, "SenderReference", text)
    return Handling(
        message_id=addressed.message_id,
        sender=addressed.sender,
        receiver=addressed.receiver,
        endpoint=addressed.endpoint,
        definition=clean(definition),
        sender_reference=addressed.sender_reference,
        recipient_type="FA" if recipient_type == "FA" else "FI",
        wants_infrastructure_answer=_flag(extension, "InfAckRequested", codes.INFRASTRUCTURE_FLAG),
        wants_business_answer=_flag(extension, "BusAckRequested", codes.BUSINESS_FLAG),
    )


def _extension(header: Node) -> Node | None:
    return next(header.extensions("Extension-ITK-MessageHandling"), None)


def _part(extension: Node, name: str) -> Node:
    return next(extension.extensions(name), Node("", {}))


def _flag(extension: Node, name: str, code: int) -> bool:
    said = _part(extension, name).said("valueBoolean")
    if said not in _FLAGS:
        raise Faulty(code, name, "It is neither true nor false")
    return _FLAGS[said]


def _sender_reference(extension: Node | None) -> str:
    if extension is None:
        return ""
    said = _part(extension, "SenderReference").said("valueString")
    return without_controls(said)[:LONGEST_REFERENCE]
