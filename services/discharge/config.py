"""Settings of discharge."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from services.chassis.settings import ServiceSettings


class DischargeSettings(ServiceSettings):
    """What discharge needs to know beside what every service does."""

    mllp_host: str = "127.0.0.1"
    """MLLP has no sign-in: listen on loopback or a private network only."""
    mllp_port: Annotated[int, Field(ge=0, le=65535)] = 2575
    mllp_connections: Annotated[int, Field(ge=1, le=10_000)] = 100
    """More than this at once are closed at the door."""
    mllp_idle_seconds: Annotated[float, Field(gt=0)] = 600.0
    mllp_frame_seconds: Annotated[float, Field(gt=0)] = 30.0
    allowed_senders: str = ""
    """ODS codes that MSH-4 may hold, with commas between; empty: any."""

    pds_url: Annotated[str, Field(pattern=r"\A(https?://[^\s/?#]+[^\s?#]*)?\Z")] = ""
    """Base of the national record's FHIR R4 interface, below which `Patient/…` is; empty: national events are refused."""
    pds_api_key: SecretStr = SecretStr("")

    @field_validator("pds_url")
    @classmethod
    def _without_slash_at_the_end(cls, url: str) -> str:
        return url.rstrip("/")

    @model_validator(mode="after")
    def _the_national_record_is_asked_in_private(self) -> Self:
        if self.live and self.pds_url.startswith("http://"):
            raise ValueError("refused when live: BATON_PDS_URL without https")
        return self

    @property
    def senders(self) -> frozenset[str]:
        """The ODS codes that may speak; empty: any."""
        codes = (code.strip().upper() for code in self.allowed_senders.split(","))
        return frozenset(code for code in codes if code)
