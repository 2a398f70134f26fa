"""Transfer of Care documents for tests: the sample, with something changed in it."""

from pathlib import Path
from uuid import uuid4

SAMPLE = Path(__file__).parents[2] / "samples" / "frail-78-edischarge.xml"
REFERENCE = "5b8d7c10-93c1-4f3f-a7f4-6a0c1d2e3f10"
MESSAGE = "7d0f3a11-2b64-4c2f-8f0e-1f5a6b7c8d01"
PLAN = "GP to repeat U&amp;E in 1 week."


def a_document(
    reference: str = REFERENCE,
    *,
    replaces: str = "",
    authored: str = "2026-09-08T14:55:00+01:00",
    message: str = "",
    plan: str = PLAN,
    recipient_type: str = "FA",
    status: str = "final",
) -> bytes:
    """A message of its own with a document in it."""
    text = SAMPLE.read_text(encoding="utf-8")
    identifier = f'<value value="{REFERENCE}"/>\n              </identifier>'
    made = f'<value value="{reference}"/>\n              </identifier>'
    relation = (
        '<relatesTo><code value="replaces"/><targetIdentifier>'
        f'<value value="{replaces}"/></targetIdentifier></relatesTo>'
    )
    text = swap(text, identifier, made)
    text = swap(text, f'<id value="{MESSAGE}"/>', f'<id value="{message or uuid4()}"/>')
    text = swap(text, "2026-09-08T14:55:00+01:00", authored)
    text = swap(text, '<status value="final"/>', f'<status value="{status}"/>')
    text = swap(text, PLAN, plan)
    text = swap(text, '<code value="FA"/>', f'<code value="{recipient_type}"/>')
    if replaces:
        text = swap(
            text, '<title value="Discharge summary"/>', f"{relation}<title value='Replaced'/>"
        )
    return text.encode()


def changed(body: bytes, old: str, new: str) -> bytes:
    """The message with one text for another, everywhere."""
    return swap(body.decode(), old, new).encode()


def swap(text: str, old: str, new: str) -> str:
    if old not in text:
        raise ValueError("the sample does not hold what is to be changed")
    return text.replace(old, new)


def an_answer(
    code: str,
    *,
    message: str = MESSAGE,
    answered_by: str = "Z90001",
    at: str = "2026-09-08T15:05:00+01:00",
) -> bytes:
    """What the receiver of a document sends back to its sender: an ITK3 response."""
    part = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-ITK-MessageHandling-2"
    ods = "https://fhir.nhs.uk/Id/ods-organization-code"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Bundle xmlns="http://hl7.org/fhir"><type value="message"/>
  <entry><fullUrl value="urn:uuid:{uuid4()}"/><resource><MessageHeader>
    <id value="{uuid4()}"/>
    <extension url="{part}">
      <extension url="BusAckRequested"><valueBoolean value="false"/></extension>
      <extension url="InfAckRequested"><valueBoolean value="false"/></extension>
      <extension url="RecipientType"><valueCoding><code value="FA"/></valueCoding></extension>
      <extension url="MessageDefinition"><valueReference><reference value="response"/></valueReference></extension>
    </extension>
    <event><code value="ITK008M"/></event>
    <sender><identifier><system value="{ods}"/><value value="{answered_by}"/></identifier></sender>
    <timestamp value="{at}"/>
    <source><endpoint value="urn:practice"/></source>
    <response><identifier value="{message}"/><code value="ok"/></response>
  </MessageHeader></resource></entry>
  <entry><fullUrl value="urn:uuid:{uuid4()}"/><resource><OperationOutcome>
    <issue><severity value="information"/><code value="informational"/>
      <details><coding><code value="{code}"/></coding></details></issue>
  </OperationOutcome></resource></entry>
</Bundle>""".encode()
