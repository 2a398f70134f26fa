from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.chassis import telemetry


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    telemetry.configure("referral", provider)
    yield exporter
    telemetry.stop()


def test_off_unless_a_collector_is_named() -> None:
    assert not telemetry.wanted({})
    assert not telemetry.wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": ""})
    assert telemetry.wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"})
    assert telemetry.wanted({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318"})
    assert not telemetry.wanted(
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_SDK_DISABLED": "true"}
    )


def test_a_span_that_is_off_is_one_shared_nothing() -> None:
    assert telemetry.span("consume.batch", records=3) is telemetry.span("relay.batch")
    with telemetry.span("consume.batch") as opened:
        assert opened is None


def test_a_span_carries_counts_and_no_identities(spans: InMemorySpanExporter) -> None:
    with telemetry.span(
        "consume.batch", topic="care.spells.v1", records=3, key="k", note="9995000105"
    ):
        pass

    [span] = spans.get_finished_spans()
    assert dict(span.attributes or {}) == {
        "topic": "care.spells.v1",
        "records": 3,
        "note": "[masked]",
    }


def test_a_failed_span_names_the_type_of_the_error_only(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="Edna"), telemetry.span("consume.batch"):
        raise ValueError("Edna Hartley")

    [span] = spans.get_finished_spans()
    assert span.status.description == "ValueError"
    assert not span.events
