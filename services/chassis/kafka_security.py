"""How this process proves itself to Kafka, from its settings: to aiokafka and to FastStream alike."""

from ssl import SSLContext
from typing import Any

from aiokafka.helpers import create_ssl_context
from faststream.security import BaseSecurity, SASLScram512

from services.chassis.settings import ServiceSettings


def options(settings: ServiceSettings) -> dict[str, Any]:
    """Keyword arguments for an aiokafka client."""
    if settings.kafka_security == "PLAINTEXT":
        return {}
    found: dict[str, Any] = {
        "security_protocol": settings.kafka_security,
        "ssl_context": _context(settings),
    }
    if settings.kafka_security == "SASL_SSL":
        found |= {
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": settings.kafka_user,
            "sasl_plain_password": _password(settings),
        }
    return found


def broker_options(settings: ServiceSettings) -> dict[str, Any]:
    """Keyword arguments for a FastStream broker."""
    if settings.kafka_security == "PLAINTEXT":
        return {}
    if settings.kafka_security == "SSL":
        return {"security": BaseSecurity(ssl_context=_context(settings), use_ssl=True)}
    return {
        "security": SASLScram512(
            settings.kafka_user, _password(settings), ssl_context=_context(settings), use_ssl=True
        )
    }


def _context(settings: ServiceSettings) -> SSLContext:
    context: SSLContext = create_ssl_context(
        cafile=settings.kafka_ca_path,
        certfile=settings.kafka_cert_path,
        keyfile=settings.kafka_key_path,
    )
    return context


def _password(settings: ServiceSettings) -> str:
    return settings.kafka_password.get_secret_value() if settings.kafka_password else ""
