"""Pages of a search as Bundles of type searchset."""

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request

from services.referral.inbound.fhir_records.searching import Asked, write_cursor
from services.referral.inbound.fhir_records.vocabulary import Resource
from services.referral.usecases.record_views import Place


def base_of(request: Request) -> str:
    """Where the resources live, as this reader sees it."""
    return f"{request.base_url}fhir"


def searchset(
    base: str, asked: Asked, resources: Sequence[Resource], following: Place | None
) -> Resource:
    """The Bundle. Its self link says what was understood; how many there are in all is not counted."""
    links = [{"relation": "self", "url": _link(base, asked, asked.said)}]
    if following is not None:
        cursor = write_cursor(following, asked.sought.patient_key)
        said = [(name, value) for name, value in asked.said if name != "_cursor"]
        links.append({"relation": "next", "url": _link(base, asked, [*said, ("_cursor", cursor)])})
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "link": links}
    if resources:
        bundle["entry"] = [
            {
                "fullUrl": f"{base}/{asked.type}/{resource['id']}",
                "resource": resource,
                "search": {"mode": "match"},
            }
            for resource in resources
        ]
    return bundle


def _link(base: str, asked: Asked, said: Sequence[tuple[str, str]]) -> str:
    return f"{base}/{asked.type}" + (f"?{urlencode(said)}" if said else "")
