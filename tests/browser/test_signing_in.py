"""Signing in and out, as a person at the keyboard does it."""

from django.urls import reverse

PASSWORD = "a good password"
SIGN_IN, SIGN_OUT = reverse("account_login"), reverse("account_logout")


def sign_in(page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def test_a_member_signs_in_and_out_and_nothing_is_kept(page, server):
    sign_in(page, "receptionist@clinic.test")
    page.wait_for_url(f"{server.url}/")
    page.goto(SIGN_OUT)
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"**{SIGN_IN}**")
    kept = page.evaluate(
        "async () => [Object.entries(localStorage), Object.entries(sessionStorage),"
        " await indexedDB.databases(), await caches.keys()]"
    )
    # htmx notes where it is; after signing out that is no customer's page.
    here = [["htmx-current-path-for-history", SIGN_IN]]
    assert kept in ([[], [], [], []], [[], here, [], []])
    page.goto(reverse("my-account"))
    assert SIGN_IN in page.url


def test_a_wrong_password_says_so_and_signs_nobody_in(page):
    sign_in(page, "receptionist@clinic.test", "not the password")
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").inner_text().strip()
    assert SIGN_IN in page.url
    assert "session" not in {cookie["name"] for cookie in page.context.cookies()}


def test_a_leaver_cannot_sign_in(page):
    sign_in(page, "leaver@clinic.test")
    page.wait_for_url(f"**{reverse('account_inactive')}")
    page.goto(reverse("my-account"))
    assert SIGN_IN in page.url
