import pytest
from django.test import Client


@pytest.fixture
def browse(clinic):
    """A browser in which the member of that name is signed in."""

    def open_browser(name: str) -> Client:
        browser = Client()
        browser.force_login(clinic.members[name])
        return browser

    return open_browser
