"""Traces by OpenTelemetry, when the environment names a collector; otherwise they cost next to nothing."""

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from services.chassis.redaction import redact_fields

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_OFF: AbstractContextManager[None] = nullcontext()


class _Tracing:
    """The one switch of this process."""

    provider: "TracerProvider | None" = None
    tracer: "Tracer | None" = None


def wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the standard variables name a collector and do not say that OpenTelemetry is off."""
    off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not off and any(environment.get(name) for name in _ENDPOINTS)


def configure(service: str, provider: "TracerProvider | None" = None) -> None:
    """Turn tracing on for this process if it is wanted, or with the `provider` given."""
    if provider is None and not wanted():
        return
    from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor

    _Tracing.provider = provider or _exporting(service)
    _Tracing.tracer = _Tracing.provider.get_tracer("baton")
    AsyncPGInstrumentor().instrument(tracer_provider=_Tracing.provider)  # type: ignore[no-untyped-call]


def stop() -> None:
    """Send what is left and turn tracing off."""
    if _Tracing.provider is None:
        return
    from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor

    AsyncPGInstrumentor().uninstrument()  # type: ignore[no-untyped-call]
    _Tracing.provider.shutdown()
    _Tracing.provider = _Tracing.tracer = None


def span(name: str, **attributes: Any) -> AbstractContextManager["Span | None"]:
    """A span around a piece of work: one for a batch or a request, never one for a record.

    Attributes are counts and constant words such as a topic or a route's template. Keys, paths and
    identifiers are no attributes; what looks like one is masked.
    """
    if _Tracing.tracer is None:
        return _OFF
    return _span(_Tracing.tracer, name, attributes)


@contextmanager
def _span(tracer: "Tracer", name: str, attributes: Mapping[str, Any]) -> Iterator["Span"]:
    from opentelemetry.trace import Status, StatusCode

    with tracer.start_as_current_span(
        name,
        attributes=redact_fields(attributes),
        record_exception=False,
        set_status_on_exception=False,
    ) as opened:
        try:
            yield opened
        except BaseException as error:
            # The text of an exception may repeat what a person sent; its type says enough here.
            opened.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def _exporting(service: str) -> "TracerProvider":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = os.environ.get("OTEL_SERVICE_NAME") or f"baton-{service}"
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
