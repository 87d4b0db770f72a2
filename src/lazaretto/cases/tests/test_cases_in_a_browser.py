"""Pages of changes of status in Chromium: no barrier in either language, theme and width."""

import pytest

from tests.browser import READERS, Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_no_page_has_a_barrier(
    window: Opener, cast, admit, swab, propose, confirm, language: str, theme: str, width: str
) -> None:
    suspected, contact = admit("0301"), admit("0302", name="李娜")
    waiting = propose(suspected, specimen=swab(suspected))
    done = propose(contact, "contact", words="11月20日与确诊同乘一部电梯", evidence="exposure")
    confirm(done)
    pages = {
        "duty_officer": ["/changes", "/changes?state=to_do", f"/changes/{waiting.number}", f"/changes/{done.number}"],
        "site_lead": [
            "/changes?state=all", f"/changes/{done.number}", f"/sites/H01/stays/{contact.number}/change",
            "/sites/H01/changes/event",
        ],
    }  # fmt: skip
    for role, paths in pages.items():
        member = getattr(cast, role)
        member.user.language = language
        member.user.save()
        reader = window(language=language, theme=theme, width=width, session=member.client.session.session_key)
        for path in paths:
            reader.open(path)
            assert reader.problems() == [], (role, path)
