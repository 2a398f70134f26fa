"""The chassis is mechanism: another trade could use it as it is, but for the words that are listed here with a reason."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

CHASSIS = Path(__file__).parents[2] / "services" / "chassis"
MEDICINE = re.compile(
    r"""(?ix)(?<![a-z])(
        patient|ward|referral|discharge|nurse|clinic|clinical|clinician|practice|hospital|pharmacy|
        doctor|gp|medicine|medication|diagnosis|admission|spell|care|nhs|handover|fhir|hl7|mllp
    )(?:s|'s)?(?![a-z])"""
)
ALLOWED: dict[str, set[str]] = {
    "__init__.py": {"patient", "medicine"},  # the rule itself
    "access.py": {"hospital", "patient"},  # roles of the people and systems that come in
    "answers.py": {
        "fhir"
    },  # an error can be said in three forms, and one of them is an outcome of FHIR
    "pages.py": {"nhs"},  # whose page components we use
    "problems.py": {"fhir"},  # as in answers.py
    "redaction.py": {"nhs", "patient"},  # what must not be logged is named by what it looks like
    "settings.py": {"patient"},  # what the site secret is for, and what makes a site live
    "templating.py": {"nhs", "patient"},  # whose page components we use, and who gets stricter ones
    "unit_of_work.py": {"patient"},  # the key of an event, as the schemas call it
    "web.py": {"fhir"},  # as in answers.py
    "wording.py": {"nhs"},  # how a page groups the digits of such a number
}
"""Words by file, each for the reason beside it."""
FILES = sorted(CHASSIS.glob("*.py"))


def words(text: str) -> Iterator[tuple[int, str]]:
    """The medical words in a module's code and strings; what an example in a docstring says is an example."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.NAME, tokenize.STRING, tokenize.COMMENT):
            yield from ((token.start[0], found[1].lower()) for found in _split(token.string))


def _split(text: str) -> Iterator[re.Match[str]]:
    without_examples = re.sub(r"`[^`]*`", "", text)
    return MEDICINE.finditer(without_examples.replace("_", " "))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_module_of_the_chassis_speaks_of_no_medicine(path: Path) -> None:
    strange = [
        f"{path.name}:{line} {word}"
        for line, word in words(path.read_text("utf-8"))
        if word not in ALLOWED.get(path.name, set())
    ]
    assert strange == []


def test_nothing_is_allowed_that_is_not_said() -> None:
    for name, allowed in ALLOWED.items():
        said = {word for _, word in words((CHASSIS / name).read_text("utf-8"))}
        assert allowed <= said, f"{name} may lose {allowed - said}"


@pytest.mark.parametrize("text", ["patient_key = 1", "x = 'the wards'", "# a nurse's note"])
def test_the_search_finds_medicine(text: str) -> None:
    assert list(words(text))


@pytest.mark.parametrize("text", ["forward = 1", "rewards = 2", "'spelling'", "# careless"])
def test_the_search_finds_no_medicine_where_there_is_none(text: str) -> None:
    assert not list(words(text))
