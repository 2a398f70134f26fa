"""Which way a message goes to the discharge service, and what comes back."""

from typing import Literal

from services.console.errors import ConsoleError
from services.console.messages.answer import Answer, read_ack, read_response
from services.console.messages.message import Hl7Message, Message
from services.console.messages.mllp import exchange
from services.console.site.state import SiteState

Way = Literal["mllp", "hl7v2", "fhir"]


def way_for(message: Message, wished: str | None) -> Way:
    """HL7 goes over MLLP and JSON to FHIR, unless somebody wishes otherwise."""
    ways: tuple[Way, ...] = ("mllp", "hl7v2") if isinstance(message, Hl7Message) else ("fhir",)
    if wished is None:
        return ways[0]
    for way in ways:
        if way == wished:
            return way
    raise ConsoleError(f"{message.name} cannot go to {wished}; {' or '.join(ways)} would do")


def post(message: Message, way: Way, site: SiteState) -> Answer:
    """Send one message and read the answer."""
    place = site.services["discharge"]
    if way == "mllp":
        return read_ack(exchange(place["mllp"], message.to_bytes()))
    import httpx2

    path, kind = (
        ("/hl7v2", "application/hl7-v2")
        if way == "hl7v2"
        else ("/fhir/$process-message", "application/fhir+json")
    )
    try:
        said = httpx2.post(
            place["http"] + path,
            content=message.to_bytes(),
            headers={"Content-Type": kind, "Authorization": f"Bearer {site.token}"},
            timeout=30,
        )
    except httpx2.HTTPError as error:
        raise ConsoleError(f"no answer from {place['http']} ({type(error).__name__})") from None
    if way == "fhir":
        return read_response(said.status_code, said.content)
    return (
        read_ack(said.content)
        if said.content.startswith(b"MSH")
        else read_response(said.status_code, said.content)
    )
