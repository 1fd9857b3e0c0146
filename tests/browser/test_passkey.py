"""A passkey instead of a password, with an authenticator that the browser plays."""

from django.urls import reverse

from tests.browser.test_signing_in import PASSWORD, SIGN_IN, SIGN_OUT, sign_in

KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def plug_in(page):
    """An authenticator that says yes to everything."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    added = wire.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return wire, added["authenticatorId"]


def make_passkey(page):
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("My laptop")
    page.get_by_label("Sign in with it instead of the password").check()
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url(f"**{reverse('mfa_view_recovery_codes')}")


def sign_out(page):
    page.goto(SIGN_OUT)
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"**{SIGN_IN}**")


def test_a_passkey_is_made_and_signs_in_by_itself(page, server):
    plug_in(page)
    sign_in(page, "agent@clinic.test")
    page.wait_for_url(f"{server.url}/")
    make_passkey(page)
    assert page.locator(".codes li").count() == 10
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{server.url}/")
    page.goto(reverse("my-account"))
    assert page.get_by_label("Name").input_value() == "Agent Cohen"

    # The password alone opens no more: the passkey is asked as a second step.
    sign_out(page)
    sign_in(page, "agent@clinic.test")
    page.wait_for_url(f"**{reverse('mfa_authenticate')}")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{server.url}/")


def test_a_passkey_that_is_refused_says_so(page):
    wire, authenticator = plug_in(page)
    wire.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False}
    )
    said = page.locator("[data-passkey-error]")
    assert not said.is_visible()
    page.get_by_role("button", name="Sign in with a passkey").click()
    said.wait_for()
    assert "The passkey was not used." in said.inner_text()


def test_an_authenticator_app_is_set_up_by_picture_or_by_hand(open_as, server):
    page = open_as("dentist", reverse("mfa_activate_totp"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("img", name="Picture for the authenticator app").wait_for()
    page.get_by_text("Type it by hand instead").click()
    assert len(page.locator("bdi.code").inner_text()) == 32
