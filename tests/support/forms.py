"""A visitor without scripts: finds a form on a page, fills it in, sends it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx2


@dataclass
class Form:
    action: str
    values: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(said.get("action", "")))
        elif tag == "input" and self.found and said.get("type") == "hidden":
            self.found[-1].values[said["name"]] = said.get("value", "")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(data)


def words(html: str) -> str:
    """What a page says, with single blanks."""
    reader = _Words()
    reader.feed(html)
    return " ".join(" ".join(reader.found).split())


def submit(
    visitor: httpx2.Client, page: httpx2.Response, action: str, **filled: str
) -> httpx2.Response:
    """Send the form of the page whose action ends so."""
    reader = _Forms()
    reader.feed(page.text)
    [form] = [form for form in reader.found if form.action.endswith(action)]
    return visitor.post(form.action, data=form.values | filled).raise_for_status()


def sign_in(visitor: httpx2.Client, ref: str, then: str = "/") -> httpx2.Response:
    """Come in as one of the demonstration's people."""
    page = visitor.get("/sign-in", params={"next": then}).raise_for_status()
    return submit(visitor, page, "/sign-in", ref=ref)
