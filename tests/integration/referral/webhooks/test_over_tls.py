"""A message goes to the very address that was looked at, and only to whoever proves to be the one that was named."""

import asyncio
import ssl
import subprocess
from typing import Any
from uuid import UUID

import pytest

from services.referral.outbound.webhook_sender import WebhookSender
from services.referral.usecases.webhook_records import secret_of
from tests.support.hook import a_hook

ID = UUID("0193c9a0-0000-7000-8000-000000000001")
SECRET = secret_of(b"site", ID, b"salt")


class Names:
    """What a name leads to, one answer after the other; the last one stays."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
        self.asked: list[str] = []
        self._addresses = list(addresses)
        loop = asyncio.get_running_loop()
        self._ask: Any = loop.getaddrinfo
        monkeypatch.setattr(loop, "getaddrinfo", self)

    async def __call__(self, host: Any, *more: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if not name.endswith(".example"):
            return await self._ask(host, *more, **options)
        self.asked.append(name)
        address = self._addresses.pop(0) if len(self._addresses) > 1 else self._addresses[0]
        return await self._ask(address, *more, **options)


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """How hooks.example proves who it is, and who believes it."""
    folder = tmp_path_factory.mktemp("hooks")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=hooks.example", "-addext", "subjectAltName=DNS:hooks.example",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    proves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    proves.load_cert_chain(certificate, key)
    return proves, ssl.create_default_context(cafile=str(certificate))


async def sent(sender: WebhookSender, url: str) -> str:
    try:
        return await sender.send(url, ID, b"{}", [SECRET])
    finally:
        await sender.close()


async def test_the_receiver_proves_the_name_that_was_subscribed_not_its_number(
    monkeypatch: pytest.MonkeyPatch, receiver: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    proves, believes = receiver
    names = Names(monkeypatch, "127.0.0.1")
    async with a_hook(proves) as hook:
        port = hook.url.split(":")[2]

        named = await sent(
            WebhookSender(anywhere=True, trusted=believes), f"https://hooks.example:{port}"
        )
        other = await sent(
            WebhookSender(anywhere=True, trusted=believes), f"https://other.example:{port}"
        )
        stranger = await sent(WebhookSender(anywhere=True), f"https://hooks.example:{port}")

        assert (named, other, stranger) == ("204", "unreachable", "unreachable")
        [message] = hook.heard
        assert message.headers["host"].startswith("hooks.example:")
    assert names.asked == ["hooks.example", "other.example", "hooks.example"]


async def test_a_name_that_leads_elsewhere_after_it_was_looked_at_finds_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = Names(monkeypatch, "127.0.0.2", "127.0.0.1")
    async with a_hook() as hook:
        url = hook.url.replace("127.0.0.1", "rebound.example")

        answer = await sent(WebhookSender(anywhere=True), url)

        assert (answer, hook.heard) == ("unreachable", [])
    assert names.asked == ["rebound.example"]


async def test_every_address_of_a_name_must_be_of_the_open_internet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = Names(monkeypatch, "127.0.0.1")

    assert await sent(WebhookSender(anywhere=False), "https://inside.example/") == "inside"
    assert names.asked == ["inside.example"]


async def test_a_name_that_no_resolver_takes_is_unreachable() -> None:
    assert await sent(WebhookSender(anywhere=True), f"https://{'a' * 70}.example/") == "unreachable"
