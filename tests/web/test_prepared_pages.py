"""Pages that ask by prepared questions show what they would show by plain ones."""

import re

import pytest

from kesher.core import prepared

PAGES = ("/", "/customers/", "/customers/?sort=-last_touch&stage=prospect", "/tasks/", "/help/")
DIFFERS = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|csrf-token" content="[^"]+"')


def shown(browser, noa) -> dict[str, str]:
    addresses = [*PAGES, f"/customers/{noa.pk}/"]
    return {address: DIFFERS.sub("", browser.get(address).text) for address in addresses}


@pytest.mark.parametrize("who", ["owner", "receptionist", "dentist", "agent", "eilat"])
def test_nobody_sees_anything_else(as_member, noa, touched, planned, who, monkeypatch):
    touched()
    planned()
    shown(as_member(who), noa)  # words every question
    by_known_words = shown(as_member(who), noa)

    def plainly(_key, build, values=None):
        worded = prepared.Worded(build())
        return worded.rows(values or {})

    monkeypatch.setattr(prepared, "known", plainly)
    monkeypatch.setattr("kesher.core.paging.known", plainly)
    assert shown(as_member(who), noa) == by_known_words
