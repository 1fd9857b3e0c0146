"""Signing in and out, as a person at the keyboard does it."""

PASSWORD = "a good password"


def sign_in(page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("Email", exact=False).first.fill(email)
    page.get_by_label("Password", exact=False).first.fill(password)
    page.keyboard.press("Enter")


def test_a_member_signs_in_and_out_and_nothing_is_kept(open_as, server):
    page = open_as(None, "/accounts/login/")
    sign_in(page, "receptionist@clinic.test")
    page.wait_for_url(f"{server.url}/")
    page.goto("/accounts/logout/")
    page.locator("form[action='/accounts/logout/'] button, main form button").first.click()
    page.wait_for_url("**/accounts/login/**")
    kept = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length,"
        " (await indexedDB.databases()).length, (await caches.keys()).length]"
    )
    assert kept == [0, 0, 0, 0]
    page.go_back()
    assert "/accounts/login/" in page.url or page.locator("input[type=password]").count()


def test_a_wrong_password_says_so_and_signs_nobody_in(page, server):
    sign_in(page, "receptionist@clinic.test", "not the password")
    page.wait_for_load_state()
    assert "/accounts/login/" in page.url
    assert page.locator(".errorlist, [role=alert], .error").first.inner_text()
    assert "session" not in {cookie["name"] for cookie in page.context.cookies()}


def test_a_leaver_cannot_sign_in(page):
    sign_in(page, "leaver@clinic.test")
    page.wait_for_load_state()
    assert page.goto("/").url.endswith("?next=/")
