"""What anybody can see of a running Baton from outside: its interfaces, the mailbox, the printer's folder."""

import re
from pathlib import Path
from typing import Any

import httpx2

from services.console.errors import ConsoleError
from services.console.site.state import SiteState

Record = dict[str, Any]
_LINK = re.compile(r"https?://\S+")


class World:
    """Asks as a program that may see everything."""

    def __init__(self, site: SiteState) -> None:
        self.site = site
        self._http = httpx2.Client(timeout=10)
        self._token = {"Authorization": f"Bearer {site.token}"}
        self.worklist = site.services["referral"]["http"]

    def handovers_of(self, nhs_number: str) -> list[Record]:
        """The handovers of one patient; the number travels in a header, never in an address."""
        found: list[Record] = self._referral("/handovers", {"X-Patient-Identifier": nhs_number})[
            "items"
        ]
        return found

    def handover(self, handover_id: str) -> Record:
        """One handover with offers, tasks, owners and history."""
        found: Record = self._referral(f"/handovers/{handover_id}")
        return found

    def mails_to(self, address: str) -> list[Record]:
        """What has arrived for an address, oldest first."""
        mails = self._get(f"{self.site.mail}/messages").json()
        return [mail for mail in mails if address in mail["to"]]

    def letters(self) -> list[str]:
        """What the printer was given."""
        return [path.read_text(encoding="utf-8") for path in Path(self.site.letters).glob("*.html")]

    def page(self, url: str) -> str:
        """A page as anybody sees it who has its address."""
        return self._get(url).text

    def _referral(self, path: str, headers: dict[str, str] | None = None) -> Any:
        return self._get(self.worklist + path, self._token | (headers or {})).json()

    def _get(self, url: str, headers: dict[str, str] | None = None) -> httpx2.Response:
        try:
            answer = self._http.get(url, headers=headers)
        except httpx2.HTTPError as error:
            raise ConsoleError(f"{url} does not answer ({type(error).__name__})") from None
        if not answer.is_success:
            raise ConsoleError(f"{url} answers {answer.status_code}: {answer.text[:300]}")
        return answer


def links_in(text: str) -> list[str]:
    """The addresses in a text, without the full stop of a sentence."""
    return [link.rstrip(".") for link in _LINK.findall(text)]
