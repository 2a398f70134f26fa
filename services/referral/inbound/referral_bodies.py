"""What the bodies of commands about referrals may say."""

import base64
import binascii
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, field_validator

from services.referral.domain.referral import Kind, Urgency
from services.referral.inbound.bodies import Body

LONGEST_SECTION = 20_000
MOST_SECTIONS = 30
MOST_ATTACHMENTS = 10
ATTACHMENT_TYPES = (
    "application/pdf",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "text/plain",
    "text/rtf",
)
"""What a letter may bring along; anything else could not be shown to a clinician safely."""
Name = Annotated[str, Field(max_length=100)]
Short = Annotated[str, Field(max_length=200)]


class WrittenSection(Body):
    heading: Short = ""
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_SECTION)]


class Attached(Body):
    title: Short
    content_type: str
    content: str
    """Base64."""

    @field_validator("content_type")
    @classmethod
    def _is_known(cls, content_type: str) -> str:
        if content_type not in ATTACHMENT_TYPES:
            raise ValueError("not a kind of file that a letter may bring along")
        return content_type

    @field_validator("content")
    @classmethod
    def _is_base64(cls, content: str) -> str:
        try:
            base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("not base64") from None
        return content


class Referred(Body):
    """Who is referred; kept where nobody else has said who they are."""

    family: Name
    given: Name = ""
    birth_date: date | None = None


class Referring(Body):
    """A referral. The patient's NHS number goes into the header `X-Patient-Identifier`, never in here."""

    from_team: Name
    """Directory id of your team."""
    service: Name
    """Directory id of the team that is asked."""
    kind: Kind = "referral"
    priority: Urgency = "routine"
    specialty: Annotated[str, Field(max_length=20, pattern=r"^[A-Za-z0-9-]*$")] = ""
    reference: Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9.:/_-]*$")] = ""
    """What your system calls it: sent twice, it is one referral. Never a patient's number."""
    clock_started_at: AwareDatetime | None = None
    """When the wait began, if not now."""
    patient: Referred | None = None
    letter: Annotated[list[WrittenSection], Field(min_length=1, max_length=MOST_SECTIONS)]
    attachments: Annotated[tuple[Attached, ...], Field(max_length=MOST_ATTACHMENTS)] = ()


class Triaging(Body):
    priority: Urgency = "routine"
    accept: bool = True
    """Take it on in the same act; false: only say how urgent it is."""


class Reporting(Body):
    outcome: Name
    happened_at: AwareDatetime | None = None
    finished: bool = False
    """Your service is done with it: the loop is closed."""


class Booking(Body):
    starts_at: AwareDatetime
    appointment_id: UUID | None = None
    """Chosen by your system; else it is chosen here."""


class Moving(Body):
    starts_at: AwareDatetime


class Cancelling(Body):
    reason: Literal["referral-cancelled", "entered-in-error"] = "referral-cancelled"
