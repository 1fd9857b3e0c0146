"""The pages of lists as a browser gets them."""

import html
import re
from urllib.parse import urlencode

import pytest

HX = {"HX-Request": "true"}
LISTS = {"customers": "/customers/", "tasks": "/tasks/", "members": "/settings/members/"}


class Page:
    """What stands in a list, read from its markup."""

    def __init__(self, answer):
        self.answer = answer
        self.html = answer.text

    @property
    def rows(self) -> list[str]:
        """The names in the first column, in their order."""
        found = re.findall(r"data-open href=.*?<bdi>(.*?)</bdi>", self.html)
        return [html.unescape(name) for name in found]

    @property
    def heads(self) -> list[str]:
        head = re.search(r"<thead.*?</thead>", self.html, re.S)
        shown = re.findall(r"<th[^>]*scope=\"col\"[^>]*>(.*?)</th>", head[0], re.S)
        return [_words(one) for one in shown]

    @property
    def chips(self) -> str:
        """The filters in words."""
        found = re.search(r'<span id="chips".*?(?=<div class="push)', self.html, re.S)
        return _words(found[0]).removesuffix("Filter").strip()

    @property
    def views(self) -> list[str]:
        tabs = re.search(r'<nav class="tabs under".*?</nav>', self.html, re.S)
        return [_words(one) for one in re.findall(r"<a[^>]*>(.*?)<span", tabs[0], re.S)]

    @property
    def groups(self) -> list[str]:
        """The line of each group: its name, how many, its sums."""
        return [_words(one) for one in re.findall(r'<tr class="group-h.*?</tr>', self.html, re.S)]

    def link(self, pattern: str) -> str:
        """The address of the link whose markup matches."""
        return html.unescape(re.search(rf'href="([^"]*)"{pattern}', self.html)[1])


def _words(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


@pytest.fixture
def listed(as_member):
    """A list as one of the cast asks for it."""

    def ask(who: str, query: str = "", name: str = "customers", **given: str) -> Page:
        asked = f"{query}&{urlencode(given)}" if given else query
        answer = as_member(who).get(f"{LISTS[name]}?{asked}")
        assert answer.status_code == 200, answer.status_code
        return Page(answer)

    return ask


@pytest.fixture
def page_of():
    """The same of an address, for one who is signed in already."""
    return lambda client, address: Page(client.get(address))
