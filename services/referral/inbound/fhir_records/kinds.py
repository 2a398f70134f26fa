"""The kinds of resources that are there: where they are read from and how they are written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.referral.domain.directory import Directory
from services.referral.inbound.fhir_records.provenance_resource import provenance_resource
from services.referral.inbound.fhir_records.referral_resources import (
    appointment_resource,
    service_request_resource,
)
from services.referral.inbound.fhir_records.task_resource import task_resource
from services.referral.inbound.fhir_records.vocabulary import Resource
from services.referral.usecases.record_views import (
    AppointmentRecord,
    DeedRecord,
    Records,
    RequestRecord,
    TaskRecord,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource."""

    type: str
    records: Records[Any]
    write: Callable[..., Resource]
    updates: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the records of each kind come from."""

    tasks: Records[TaskRecord]
    requests: Records[RequestRecord]
    appointments: Records[AppointmentRecord]
    deeds: Records[DeedRecord]


def kinds_of(sources: Sources) -> Mapping[str, Kind]:
    """Every kind, by its FHIR name."""
    kinds = (
        Kind("Task", sources.tasks, task_resource, updates=True),
        Kind("ServiceRequest", sources.requests, service_request_resource),
        Kind("Appointment", sources.appointments, appointment_resource),
        Kind("Provenance", sources.deeds, provenance_resource),
    )
    return {kind.type: kind for kind in kinds}


def written(kind: Kind, record: Any, directory: Directory, *, identified: bool) -> Resource:
    """A record as its resource."""
    return kind.write(record, directory, identified=identified)
