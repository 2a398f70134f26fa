"""Throws mutated messages at the HL7 v2 reader for a while: `make fuzz MINUTES=60`."""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["services.discharge", "nhs_number"]):
    from services.discharge.inbound.hl7.events import EVENTS
    from tests.fuzz.hl7_promises import keep_promises
from tests.support.hospital import a_sample, an_adt

CORPUS = Path(__file__).parents[2] / "build" / "fuzz" / "hl7"
WORDS = (
    *EVENTS,
    *("MSH|^~\\\\&|", "\\x0dPID|", "\\x0dPV1|", "\\x0dPV2|", "\\x0dPD1|", "\\x0dMRG|", "\\x0dEVN|"),
    *("\\x0dZUK|", "\\x0dZPI|", "\\x0dZRA|", "\\x0dDG1|", "\\x0dOBX|", "763264000", "|||", "^^^"),
    *("\\\\X00\\\\", "\\\\F\\\\", "\\\\.br\\\\", '\\"\\"', "^^^NHS^NH", "8859/1", "UNICODE UTF-8"),
    *("202610250130", "202603290130", "+0100", "2.5.1", "AL", "NE", "PATADMIN", "ZTF", "MOORLAND"),
)


def seeds() -> list[bytes]:
    """Messages of every event, so that mutations begin with something that is read to its end."""
    others = ("MRG|L91^^^ZTA^MR||||SP-1", "PV2|||||||||20260910", "DG1|1||J46^^I10", "ZUK|1|Z90001")
    plain = [an_adt(event, *others) for event in EVENTS]
    quirks = [an_adt("A03", *others, application="PATADMIN", sender="ZTF", charset="8859/1")]
    quirks += [an_adt("A08", *others, application="EPR", sender="MOORLAND", version="2.5.1")]
    return [*plain, *quirks, a_sample("frail-78-a01.hl7"), a_sample("frail-78-a03.hl7")]


def main(seconds: int) -> None:
    """Fuzz for that long; the first broken promise ends it and leaves its input behind."""
    CORPUS.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (CORPUS / f"seed-{number:02}").write_bytes(seed)
    words = CORPUS.with_suffix(".dict")
    words.write_text("".join(f'"{word}"\n' for word in WORDS), encoding="utf-8")
    options = [f"-max_total_time={seconds}", f"-dict={words}", "-max_len=8192", "-timeout=10"]
    options += [
        "-rss_limit_mb=2048",
        f"-artifact_prefix={CORPUS.parent}/hl7-",
        "-print_final_stats=1",
    ]

    def one(body: bytes) -> None:
        keep_promises(body)

    atheris.Setup([sys.argv[0], *options, str(CORPUS)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]))
