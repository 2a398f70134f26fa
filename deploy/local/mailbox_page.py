"""The mailbox as seen by a person (pages) and by a program (`GET /messages`)."""

import json
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from deploy.local.mail import Mail
from deploy.local.ports import LOOPBACK, free_port

_PAGES = Environment(
    loader=PackageLoader("deploy.local"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_HTML = "text/html; charset=utf-8"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class MailboxPage:
    def __init__(self, messages: Callable[[], list[Mail]], port: int | None) -> None:
        self.port = free_port(port)
        self._messages = messages
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, kind, body = answer(self.path)
                self.send_response(status)
                headers = {"Content-Type": kind, "Content-Length": str(len(body)), **_HEADERS}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing: addresses are nobody's business."""

        self._server = ThreadingHTTPServer((LOOPBACK, self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, path: str) -> tuple[HTTPStatus, str, bytes]:
        mails = self._messages()
        match path.partition("?")[0].strip("/").split("/"):
            case [""]:
                return HTTPStatus.OK, _HTML, _page("mailbox", mails=mails[::-1])
            case ["mails", number] if number.isdecimal() and 0 < int(number) <= len(mails):
                return HTTPStatus.OK, _HTML, _page("mail", mail=mails[int(number) - 1])
            case ["messages"]:
                said = json.dumps([mail.as_json() for mail in mails])
                return HTTPStatus.OK, "application/json", said.encode()
            case ["mailbox.css"]:
                style = files("deploy.local") / "templates" / "mailbox.css"
                return HTTPStatus.OK, "text/css; charset=utf-8", style.read_bytes()
        return HTTPStatus.NOT_FOUND, _HTML, _page("nothing")


def _page(name: str, **values: object) -> bytes:
    return _PAGES.get_template(f"{name}.html.jinja").render(values).encode()
