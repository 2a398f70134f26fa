"""Each service put together as it would run, with nothing behind it."""

import importlib
from unittest.mock import MagicMock

from services.chassis.process import Parts
from services.chassis.settings import ServiceSettings

SERVICES = ("discharge", "referral", "notify")

_GIVEN = {
    "environment": "test",
    "database_url": "postgresql:///nowhere",
    "kafka_bootstrap": "localhost:1",
    "http_port": 0,
    "site_secret": "site secret of a test",
    "session_secret": "session secret of a test",
}
_MORE: dict[str, dict[str, object]] = {
    "notify": {
        "smtp_host": "localhost",
        "mail_from": "baton@example.net",
        "letter_folder": "/nowhere",
        "public_url": "https://baton.example",
        "staff_url": "https://staff.example",
    },
}


def settings_class(service: str) -> type[ServiceSettings]:
    """The service's own settings."""
    config = importlib.import_module(f"services.{service}.config")
    [found] = [
        value
        for value in vars(config).values()
        if isinstance(value, type)
        and issubclass(value, ServiceSettings)
        and value is not ServiceSettings
    ]
    return found


def build(service: str) -> Parts:
    """What the service's `app.py` hands to the chassis."""
    app = importlib.import_module(f"services.{service}.app")
    settings = settings_class(service)(**_GIVEN | _MORE.get(service, {}))
    parts: Parts = app.build(settings, MagicMock(service=service))
    return parts
