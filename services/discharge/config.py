"""Settings of discharge."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from services.chassis.settings import ServiceSettings


class DischargeSettings(ServiceSettings):
    """What discharge needs to know beside what every service does."""

    mllp_host: str = "127.0.0.1"
    """MLLP has no sign-in: listen on loopback or a private network only, or ask senders for a certificate."""
    mllp_port: Annotated[int, Field(ge=0, le=65535)] = 2575
    mllp_connections: Annotated[int, Field(ge=1, le=20_000)] = 1_000
    """More than this at once are closed at the door."""
    mllp_idle_seconds: Annotated[float, Field(gt=0)] = 600.0
    mllp_frame_seconds: Annotated[float, Field(gt=0)] = 30.0
    mllp_tls_certificate: Path | None = None
    """PEM file of the listener's certificate chain; None: MLLP without TLS."""
    mllp_tls_key: Path | None = None
    mllp_tls_client_ca: Path | None = None
    """PEM file of the authority that signed the senders' certificates; None: they need none."""
    allowed_senders: str = ""
    """ODS codes that MSH-4 may hold, with commas between; empty: any."""

    intake_topic: str = ""
    """Kafka topic with raw messages, `hospital.messages.v1`; empty: none is read."""
    intake_answers: Literal["all", "rejections"] = "rejections"
    """Which answers to messages from Kafka go to `hospital.answers.v1`."""

    sources_folder: Path | None = None
    """A folder with source profiles of the site, beside those that come with Baton."""

    mesh_folder: Path | None = None
    """The folder that a MESH client shares with us, with `in` and `out`; None: documents come over HTTP only."""

    pds_url: Annotated[str, Field(pattern=r"\A(https?://[^\s/?#]+[^\s?#]*)?$")] = ""
    """Base of the national record's FHIR R4 interface, below which `Patient/…` is; empty: national events are refused."""
    pds_api_key: SecretStr = SecretStr("")

    @field_validator("pds_url")
    @classmethod
    def _without_slash_at_the_end(cls, url: str) -> str:
        return url.rstrip("/")

    @model_validator(mode="after")
    def _tls_has_what_it_needs(self) -> Self:
        if bool(self.mllp_tls_certificate) != bool(self.mllp_tls_key):
            raise ValueError("BATON_MLLP_TLS_CERTIFICATE and BATON_MLLP_TLS_KEY go together")
        if self.mllp_tls_client_ca and not self.mllp_tls_certificate:
            raise ValueError("BATON_MLLP_TLS_CLIENT_CA needs BATON_MLLP_TLS_CERTIFICATE")
        return self

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
