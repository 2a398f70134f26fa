import pytest
from axe_playwright_python.async_playwright import Axe

from deploy.local.mailbox import Mailbox

pytestmark = pytest.mark.browser


async def test_the_pages_have_no_known_barrier(page) -> None:
    mailbox = Mailbox()
    mailbox.start()
    mailbox.keep("a@b.example", ["c@d.example"], b"Subject: One\r\n\r\nSee http://127.0.0.1/x\r\n")

    for path in ("/", "/mails/1", "/nothing"):
        await page.goto(mailbox.url + path)
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    mailbox.stop()
