"""Settings of notify."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from services.chassis.settings import ServiceSettings, demo_only


class NotifySettings(ServiceSettings):
    """What notify needs to know beside what every service does."""

    smtp_host: str
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 25
    smtp_security: Literal["opportunistic", "starttls", "tls"] = "opportunistic"
    """A live site must insist on encryption: `starttls` or `tls`."""
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    mail_from: Annotated[str, Field(pattern=r"\A[^\s@<>,;:\"]+@[A-Za-z0-9.-]+$", max_length=254)]
    """Sender of every mail; its domain is also that of the message ids."""

    letter_folder: Path
    """Where letters are put for the printer to collect."""
    public_url: Annotated[str, Field(pattern=r"\Ahttps?://[^\s/]+[^\s]*$")]
    """Where patients reach this service from outside."""
    staff_url: Annotated[str, Field(pattern=r"\Ahttps?://[^\s/]+[^\s]*$")]
    """Where staff reach the worklist."""

    delivery: Literal["on", "off"] = "on"
    """`off`: alerts are made and stored, and nobody is told."""
    quiet_hours: Literal["on", "off"] = demo_only("on")
    """`off`: patients are told at any hour and any number of times, so that a demonstration needs no daylight."""

    settling_seconds: int | None = demo_only(None, ge=0)
    """How long patients' messages wait for a discharge to settle; None: what `data/holding.yaml` says."""

    @field_validator("public_url", "staff_url")
    @classmethod
    def _without_slash_at_the_end(cls, url: str) -> str:
        return url.rstrip("/")

    @model_validator(mode="after")
    def _mail_is_private_when_live(self) -> Self:
        if self.live and self.smtp_security == "opportunistic":
            raise ValueError("refused when live: BATON_SMTP_SECURITY=opportunistic")
        if self.live and not self.public_url.startswith("https://"):
            raise ValueError("refused when live: BATON_PUBLIC_URL without https")
        if bool(self.smtp_user) != bool(self.smtp_password):
            raise ValueError("BATON_SMTP_USER and BATON_SMTP_PASSWORD go together")
        return self
