"""Which language a message is in, by its media type or else by how it begins."""

from services.discharge.domain.message import Dialect

HL7 = "application/hl7-v2"
FHIR = "application/fhir+json"
ITK3 = "application/fhir+xml"
HL7_TYPES = frozenset({HL7, "application/hl7-v2+er7", "x-application/hl7-v2+er7", "text/plain"})
FHIR_TYPES = frozenset({FHIR, "application/json"})
ITK3_TYPES = frozenset({ITK3, "application/xml", "application/xml+fhir", "text/xml"})

_BY_TYPE: dict[str, Dialect] = {
    **dict.fromkeys(HL7_TYPES, "hl7v2"),
    **dict.fromkeys(FHIR_TYPES, "fhir"),
    **dict.fromkeys(ITK3_TYPES, "itk3"),
}
_BY_BEGINNING: dict[bytes, Dialect] = {b"{": "fhir", b"[": "fhir", b"<": "itk3"}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_HEAD_BYTES = 256


def media_type(header: str) -> str:
    """The type alone, without its parameters."""
    return header.split(";", 1)[0].strip().lower()


def dialect_of(content_type: str, body: bytes) -> Dialect:
    """The language of a message; what nobody knows is read as HL7 v2, and answered in it."""
    told = _BY_TYPE.get(media_type(content_type))
    if told is not None:
        return told
    begins = body[:_HEAD_BYTES].removeprefix(_BYTE_ORDER_MARK).lstrip()[:1]
    return _BY_BEGINNING.get(begins, "hl7v2")
