"""Settings of the operator page."""

from pydantic import Json, SecretStr

from services.chassis.settings import WebSettings


class ConsoleSettings(WebSettings):
    """The page has no database and hears nothing; it asks the services and keeps nothing."""

    http_port: int = 8000
    services: Json[dict[str, str]]
    """URL of each service by name."""
    operator_token: SecretStr
    """Bearer token that the services know as an operator's."""
