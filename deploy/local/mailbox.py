"""A mailbox for one machine: takes every mail over SMTP, shows it, and sends nothing on.

`python -m deploy.local.mailbox --smtp-port 2525 --http-port 8025 [--refuse ADDRESS]...`
"""

import argparse
import signal
from collections.abc import Iterable
from typing import Any

from aiosmtpd.controller import Controller

from deploy.local.mail import Mail, read_mail
from deploy.local.mailbox_page import MailboxPage
from deploy.local.ports import LOOPBACK, free_port

LARGEST = 10 * 1024 * 1024


class Mailbox:
    """Mails in memory, newest last; addresses in `refuse` are turned away as unknown (550)."""

    def __init__(
        self,
        smtp_port: int | None = None,
        http_port: int | None = None,
        refuse: Iterable[str] = (),
    ) -> None:
        self.smtp_port = free_port(smtp_port)
        self._refused = {address.lower() for address in refuse}
        self._mails: list[Mail] = []
        self._smtp = Controller(
            _Door(self),
            hostname=LOOPBACK,
            port=self.smtp_port,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            ident="Baton mailbox",
        )
        self._page = MailboxPage(self.messages, http_port)

    @property
    def url(self) -> str:
        return self._page.url

    def start(self) -> None:
        self._smtp.start()
        self._page.start()

    def stop(self) -> None:
        self._page.stop()
        if self._smtp.server is not None:
            self._smtp.stop()

    def messages(self) -> list[Mail]:
        return list(self._mails)

    def refuse(self, address: str) -> None:
        self._refused.add(address.lower())

    def clear(self) -> None:
        self._mails.clear()

    def takes(self, address: str) -> bool:
        return address.lower() not in self._refused

    def keep(self, sender: str, to: list[str], content: bytes) -> None:
        self._mails.append(read_mail(len(self._mails) + 1, sender, to, content))


class _Door:
    """What aiosmtpd asks; its types are its own."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_RCPT(  # noqa: N802 (aiosmtpd names it)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if not self._mailbox.takes(address):
            return "550 5.1.1 Nobody by that name here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self._mailbox.keep(envelope.mail_from or "", envelope.rcpt_tos, envelope.content)
        return "250 OK"


def main() -> None:
    parser = argparse.ArgumentParser(description="A mailbox for one machine.")
    parser.add_argument("--smtp-port", type=int, default=2525)
    parser.add_argument("--http-port", type=int, default=8025)
    parser.add_argument("--refuse", action="append", default=[], metavar="ADDRESS")
    asked = parser.parse_args()
    ends = {signal.SIGINT, signal.SIGTERM}
    # Blocked before the first thread starts, so that sigwait is the one who hears them.
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    mailbox = Mailbox(asked.smtp_port, asked.http_port, asked.refuse)
    mailbox.start()
    print(f"SMTP on {LOOPBACK}:{mailbox.smtp_port}, mails at {mailbox.url}", flush=True)
    try:
        signal.sigwait(ends)
    finally:
        mailbox.stop()


if __name__ == "__main__":
    main()
