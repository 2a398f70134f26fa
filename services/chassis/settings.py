"""Settings of a service: environment variables named BATON_…, checked once at the start."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from schemas.topics import RETENTION_DAYS

PREFIX = "BATON_"
MASK = "********"
SHORTEST_LIVE_SECRET = 32
_DEMO_ONLY = "demo_only"


class SettingsError(ValueError):
    """A setting cannot be used. The text names variables and never repeats their values."""


def demo_only(default: Any, **constraints: Any) -> Any:
    """A field that may differ from its default in a demonstration or a test, never when live."""
    return Field(default, json_schema_extra={_DEMO_ONLY: True}, **constraints)


class WebSettings(BaseSettings):
    """What everything with an HTTP front needs to know.

    Every field is read from `BATON_<NAME>`. A secret may instead come from a file that
    `BATON_<NAME>_FILE` names. A `BATON_` variable that no field knows is refused.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    environment: Literal["demo", "test", "live"]
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)]
    api_tokens: SecretStr = SecretStr("[]")
    """JSON list of `{"sha256", "ref", "roles", "teams"}`, see `services.chassis.access`."""
    session_secret: SecretStr
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    def __init__(self, **given: Any) -> None:
        """Read the environment, or take the arguments and nothing else. Raises `SettingsError`."""
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise SettingsError("; ".join(_fault(found) for found in error.errors())) from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments or the environment, never a mixture and never a `.env` file."""
        del env_settings, dotenv_settings, file_secret_settings
        given = isinstance(init_settings, InitSettingsSource) and init_settings.init_kwargs
        return (init_settings if given else _Environment(settings_cls),)

    @property
    def live(self) -> bool:
        """Whether real patients are in it."""
        return self.environment == "live"

    @model_validator(mode="after")
    def _live_is_not_a_demonstration(self) -> Self:
        faults = _demo_values(self) if self.live else []
        if faults:
            raise ValueError("refused when live: " + ", ".join(faults))
        return self


class ServiceSettings(WebSettings):
    """What every service needs to know besides; a service adds its own fields in its `config.py`."""

    database_url: SecretStr
    migration_database_url: SecretStr | None = None
    """Connection of the schema's owner, for migrations only."""

    kafka_bootstrap: str
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_SSL"] = "PLAINTEXT"
    kafka_ca_path: Path | None = None
    """PEM file of the authority that signed the brokers' certificates; None: the system's own."""
    kafka_cert_path: Path | None = None
    kafka_key_path: Path | None = None
    kafka_user: str = ""
    kafka_password: SecretStr | None = None
    kafka_paced: bool = demo_only(False)
    """Wait between empty fetches: for a development broker that answers them at once."""

    site_secret: SecretStr
    """Key of the patients' opaque keys: the same in every service of one site."""

    kafka_retention_days: Annotated[int, Field(ge=1, le=3650)] = RETENTION_DAYS
    """How long the site's topics keep what was said, their `retention.ms`."""
    keep_outbox_days: Annotated[int, Field(ge=1, le=3650)] = RETENTION_DAYS
    """How long what was said can be said again; never shorter than the topics keep it."""
    keep_timers_days: Annotated[int, Field(ge=1, le=3650)] = 30
    keep_parked_days: Annotated[int, Field(ge=RETENTION_DAYS, le=3650)] = 365
    """How long a record that could not be handled stays after somebody decided what becomes of it."""

    @model_validator(mode="after")
    def _what_is_said_outlives_its_topic(self) -> Self:
        if self.keep_outbox_days < self.kafka_retention_days:
            raise ValueError("BATON_KEEP_OUTBOX_DAYS is shorter than BATON_KAFKA_RETENTION_DAYS")
        return self

    @model_validator(mode="after")
    def _kafka_has_what_it_needs(self) -> Self:
        if self.kafka_security == "SASL_SSL" and not (self.kafka_user and self.kafka_password):
            raise ValueError("SASL_SSL needs BATON_KAFKA_USER and BATON_KAFKA_PASSWORD")
        if bool(self.kafka_cert_path) != bool(self.kafka_key_path):
            raise ValueError("BATON_KAFKA_CERT_PATH and BATON_KAFKA_KEY_PATH go together")
        return self


def describe(settings: WebSettings) -> dict[str, Any]:
    """Every setting by variable name, secrets masked."""
    shown: dict[str, Any] = {}
    for name in sorted(type(settings).model_fields):
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = MASK if value.get_secret_value() else ""
        shown[_variable(name)] = str(value) if isinstance(value, Path) else value
    return shown


def print_config(settings: WebSettings) -> None:
    """Show an operator what a process would run with: `--print-config`."""
    sys.stdout.writelines(f"{name}={value}\n" for name, value in describe(settings).items())


class _Environment(PydanticBaseSettingsSource):
    """Reads BATON_ variables and the files that their `_FILE` twins name."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        del field
        return os.environ.get(_variable(field_name)), field_name, False

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields
        given = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
        found: dict[str, Any] = {}
        for name, field in fields.items():
            value = _take(given, _variable(name), secret=_is_secret(field))
            if value is not None:
                found[name] = value
        if given:
            raise SettingsError("unknown settings: " + ", ".join(sorted(given)))
        return found


def _take(given: dict[str, str], variable: str, *, secret: bool) -> str | None:
    """Take a variable, or the file of its twin, out of what was given."""
    value = given.pop(variable, None)
    path = given.pop(f"{variable}_FILE", None) if secret else None
    if path is None:
        return value
    if value is not None:
        raise SettingsError(f"{variable} and {variable}_FILE are both set; set one")
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"the file that {variable}_FILE names cannot be read") from None


def _demo_values(settings: WebSettings) -> list[str]:
    faults = []
    for name, field in type(settings).model_fields.items():
        value, extra = getattr(settings, name), field.json_schema_extra
        if isinstance(extra, Mapping) and extra.get(_DEMO_ONLY) and value != field.default:
            faults.append(f"{_variable(name)} other than {field.default!r}")
    if getattr(settings, "kafka_security", "") == "PLAINTEXT":
        faults.append(f"{PREFIX}KAFKA_SECURITY=PLAINTEXT")
    for name in sorted({"site_secret", "session_secret"} & type(settings).model_fields.keys()):
        secret = getattr(settings, name).get_secret_value()
        if len(secret) < SHORTEST_LIVE_SECRET or secret.lower().startswith("demo"):
            faults.append(f"{_variable(name)} that is short or made for a demonstration")
    return faults


def _fault(found: Mapping[str, Any]) -> str:
    name = "_".join(str(step) for step in found["loc"])
    return f"{_variable(name)}: {found['msg']}" if name else str(found["msg"])


def _is_secret(field: FieldInfo) -> bool:
    return field.annotation is SecretStr or SecretStr in get_args(field.annotation)


def _variable(name: str) -> str:
    return PREFIX + name.upper()
