"""A person with a browser and nothing else: signs in, reads a page, fills in its forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2

from services.console.errors import ConsoleError


@dataclass
class Form:
    """A form as it stands on a page, with what is already filled in."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)
    """Radio buttons: the text beside each, and its value."""
    choice_name: str = ""


class Browser:
    """Keeps cookies, follows redirects, and posts forms to where they came from."""

    def __init__(self) -> None:
        self._http = httpx2.Client(
            timeout=10, follow_redirects=True, headers={"Accept": "text/html"}
        )

    def open(self, url: str) -> list[Form]:
        """Go to a page; gives its forms."""
        answer = self._http.get(url)
        if not answer.is_success:
            raise ConsoleError(f"{url} answers {answer.status_code}")
        return forms_in(answer.text, str(answer.url))

    def submit(self, form: Form, **more: str) -> str:
        """Press the form's button; gives the page that comes."""
        origin = "/".join(form.action.split("/", 3)[:3])
        answer = self._http.post(form.action, data=form.fields | more, headers={"Origin": origin})
        if not answer.is_success:
            raise ConsoleError(f"{form.action} answers {answer.status_code}")
        return answer.text

    def sign_in(self, site: str, team: str) -> str:
        """Sign in as the person of a team; gives what the page calls that person."""
        form = next(form for form in self.open(f"{site}/sign-in") if form.choices)
        for said, value in form.choices.items():
            if team in said:
                self.submit(form, **{form.choice_name: value})
                return said.partition(team)[0].strip()
        raise ConsoleError(f"nobody of {team} can sign in at {site}, only {list(form.choices)}")


def forms_in(page: str, url: str) -> list[Form]:
    """The forms of a page that are sent by POST."""
    reader = _Reader(url)
    reader.feed(page)
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._url = url
        self._form: Form | None = None
        self._radio: str | None = None
        self._beside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(urljoin(self._url, said.get("action", "")))
            if said.get("method", "get").lower() == "post":
                self.forms.append(self._form)
        elif tag == "input" and self._form is not None:
            self._input(self._form, said)

    def handle_data(self, data: str) -> None:
        self._beside += data.split()

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._end_choice()
            self._form = None

    def _input(self, form: Form, said: dict[str, str]) -> None:
        if said.get("type") == "radio":
            self._end_choice()
            self._radio, form.choice_name = said.get("value", ""), said.get("name", "")
        elif said.get("type") == "hidden":
            form.fields[said.get("name", "")] = said.get("value", "")

    def _end_choice(self) -> None:
        if self._form is not None and self._radio is not None:
            self._form.choices[" ".join(self._beside)] = self._radio
        self._radio, self._beside = None, []
