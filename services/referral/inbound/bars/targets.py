"""Which service of the directory a message is for."""

from services.referral.domain.directory import Directory
from services.referral.inbound.bars.bundle import Message
from services.referral.inbound.bars.faults import Fault
from services.referral.inbound.bars.headers import Headers
from services.referral.inbound.bars.parts import HealthcareService, Reference, ServiceRequest


def find_service(message: Message, headers: Headers, directory: Directory) -> str:
    """The team: by its id, by that of a service it offers, or as the only one of an organisation. Raises `Fault`."""
    by_service = {
        service.id: team.id for team in directory.teams.values() for service in team.services
    }
    for name in targets(message, headers):
        if name in directory.teams:
            return name
        if name in by_service:
            return by_service[name]
        at = [team.id for team in directory.teams.values() if team.organisation == name]
        if len(at) == 1:
            return at[0]
    said = "The directory does not know the service that this is for"
    raise Fault(404, said, place="ServiceRequest.performer")


def targets(message: Message, headers: Headers) -> tuple[str, ...]:
    """Everything that says which service is meant, the clearest first."""
    found = [headers.target]
    for request in message.all(ServiceRequest):
        for performer in request.performer:
            found += _names(message, performer)
    for destination in message.header.destination:
        found += [*_names(message, destination.receiver), destination.endpoint.rsplit("/", 1)[-1]]
    return tuple(dict.fromkeys(name for name in found if name))


def _names(message: Message, reference: Reference | None) -> list[str]:
    if reference is None:
        return []
    service = message.resolve(reference, HealthcareService)
    named = [one.value.strip() for one in service.identifier] if service else []
    own = [reference.identifier.value.strip()] if reference.identifier else []
    return [*own, *named, message.ods_code(reference)]
