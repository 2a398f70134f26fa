"""What the other side said to a message, in words."""

import json
from dataclasses import dataclass
from typing import Any

_MEANINGS = {
    "AA": "accepted",
    "CA": "accepted",
    "AE": "refused: something in the message must be corrected",
    "CE": "refused: something in the message must be corrected",
    "AR": "refused: not taken here, or not now",
    "CR": "refused: not taken here, or not now",
}


@dataclass(frozen=True)
class Answer:
    """`code` is as the standard has it, `reference` the control id that is answered."""

    accepted: bool
    code: str
    reference: str
    details: tuple[str, ...] = ()

    @property
    def meaning(self) -> str:
        """The code in words."""
        return _MEANINGS.get(self.code, "accepted" if self.accepted else "refused")


def read_ack(body: bytes) -> Answer:
    """Read an HL7 acknowledgement: MSA and ERR."""
    segments = [segment.split("|") for segment in body.decode("utf-8", "replace").split("\r")]
    found = next((fields for fields in segments if fields[0] == "MSA"), [])
    msa = [*found, "", "", "", ""]
    said = [msa[3], *(_error_text(fields) for fields in segments if fields[0] == "ERR")]
    return Answer(
        msa[1] in ("AA", "CA"), msa[1] or "?", msa[2], tuple(text for text in said if text)
    )


def read_response(status: int, body: bytes) -> Answer:
    """Read the answer to a FHIR message: a message Bundle, or an OperationOutcome in its place."""
    try:
        said = json.loads(body)
    except ValueError:
        return Answer(False, str(status), "", ("the answer is not JSON",))
    resources = [said, *(entry.get("resource", {}) for entry in said.get("entry", ()))]
    header = _first(resources, "MessageHeader").get("response", {})
    issues = _first(resources, "OperationOutcome").get("issue", ())
    code = header.get("code", "ok" if status < 300 else str(status))
    return Answer(
        accepted=status < 300 and code == "ok",
        code=code,
        reference=header.get("identifier", ""),
        details=tuple(_issue_text(issue) for issue in issues),
    )


def _error_text(fields: list[str]) -> str:
    padded = fields + [""] * 9
    text = padded[8] or padded[1] or padded[3]
    return " ".join(text.replace("^", " ").split())


def _issue_text(issue: dict[str, Any]) -> str:
    words = (
        issue.get("diagnostics") or issue.get("details", {}).get("text") or issue.get("code", "")
    )
    places = ", ".join(issue.get("expression", ()))
    return f"{words} ({places})" if places else str(words)


def _first(resources: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next((found for found in resources if found.get("resourceType") == kind), {})
