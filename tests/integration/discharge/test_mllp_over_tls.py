"""On a line that others could listen to, messages travel in TLS, and strangers are not heard."""

import asyncio
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from services.chassis.settings import SettingsError
from services.discharge.config import DischargeSettings
from services.discharge.inbound.hl7.tls import tls_context
from tests.integration.discharge.conftest import Line, Ward
from tests.support.hospital import an_adt


class Authority:
    """Signs certificates, in a folder of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self.name = name
        self.certificate = folder / f"{name}.crt"
        self._key = folder / f"{name}.key"
        self._run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                  "-nodes", "-days", "2", "-subj", f"/CN={name}",
                  "-keyout", self._key, "-out", self.certificate)  # fmt: skip

    def sign(self, name: str) -> tuple[Path, Path]:
        """A certificate for somebody on this machine, and its key."""
        key, asked, signed = (self._folder / f"{name}.{end}" for end in ("key", "csr", "crt"))
        extensions = self._folder / f"{name}.ext"
        extensions.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        self._run("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                  "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", asked)  # fmt: skip
        self._run("x509", "-req", "-days", "2", "-in", asked, "-CA", self.certificate,
                  "-CAkey", self._key, "-CAcreateserial", "-extfile", extensions,
                  "-out", signed)  # fmt: skip
        return signed, key

    @staticmethod
    def _run(*words: str | Path) -> None:
        subprocess.run(["openssl", *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ours"), "authority")


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("another"), "another")


@pytest.fixture
def senders_need_one() -> bool:
    return False


@pytest.fixture
def given_settings(ours: Authority, senders_need_one: bool) -> dict[str, Any]:
    certificate, key = ours.sign("listener")
    return {
        "mllp_tls_certificate": certificate,
        "mllp_tls_key": key,
        "mllp_tls_client_ca": ours.certificate if senders_need_one else None,
    }


async def a_line(ward: Ward, ours: Authority, own: tuple[Path, Path] | None = None) -> Line:
    context = ssl.create_default_context(cafile=ours.certificate)
    if own is not None:
        context.load_cert_chain(*own)
    line = Line(*await asyncio.open_connection(ward.host, ward.port, ssl=context))
    ward.open_lines.append(line)
    return line


async def is_heard(ward: Ward, ours: Authority, own: tuple[Path, Path] | None) -> bool:
    try:
        line = await a_line(ward, ours, own)
        await line.send(an_adt(control_id="STRANGER"))
    except (EOFError, OSError):
        return False
    return True


async def test_a_message_in_tls_is_answered_in_tls(ward: Ward, ours: Authority) -> None:
    line = await a_line(ward, ours)

    assert b"MSA|AA|A" in await line.send(an_adt(control_id="A"))
    assert b"MSA|AA|B" in await line.send(an_adt(control_id="B", visit="SP-2"))


async def test_a_large_message_in_tls_is_one_message(ward: Ward, ours: Authority) -> None:
    line = await a_line(ward, ours)

    assert b"MSA|AA|M1001" in await line.send(an_adt("A03", "NTE|1||" + "x" * 900_000))


async def test_a_sender_without_tls_is_not_heard(ward: Ward, ours: Authority) -> None:
    plain = await ward.line()
    plain.write(b"\x0b" + an_adt() + b"\x1c\r")

    with pytest.raises((EOFError, ConnectionError)):
        await plain.answer()

    assert await ward.stored() == []
    assert b"MSA|AA" in await (await a_line(ward, ours)).send(an_adt())


def test_tls_of_long_ago_is_not_spoken(ours: Authority) -> None:
    context = tls_context(*ours.sign("listener"), None)

    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("senders_need_one", [True])
async def test_where_senders_need_a_certificate_only_those_with_ours_are_heard(
    ward: Ward, ours: Authority, another: Authority
) -> None:
    known = await a_line(ward, ours, ours.sign("hospital"))
    assert b"MSA|AA|KNOWN" in await known.send(an_adt(control_id="KNOWN"))

    for own in (None, another.sign("stranger")):
        assert not await is_heard(ward, ours, own)

    assert [row["control_id"] for row in await ward.stored()] == ["KNOWN"]


@pytest.mark.parametrize(
    "given",
    [
        {"mllp_tls_certificate": Path("a.crt")},
        {"mllp_tls_key": Path("a.key")},
        {"mllp_tls_client_ca": Path("ca.crt")},
    ],
    ids=lambda given: next(iter(given)),
)
def test_half_of_tls_is_refused_at_the_start(given: dict[str, Path]) -> None:
    with pytest.raises(SettingsError, match="BATON_MLLP_TLS"):
        DischargeSettings(
            environment="test",
            database_url="postgresql:///nowhere",
            kafka_bootstrap="localhost:1",
            http_port=0,
            site_secret="a",
            session_secret="b",
            **given,
        )
