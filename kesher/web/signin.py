"""How members sign in: nobody signs up by himself, members are invited."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from kesher.core.access import SYSTEM
from kesher.core.sealing import seal, unseal
from kesher.engagement.commands.messaging import send_message
from kesher.organization import session_store
from kesher.organization.commands.signing_in import record_sign_in
from kesher.organization.models import Member
from kesher.organization.queries import actor_of, business
from kesher.web.attempts import (
    address_of,
    count_attempt,
    forget_attempts,
    forgive,
    remember_here,
)

YEAR = 365 * 24 * 3600
NOTICES = {  # what allauth wants to write, and our message for it
    "account/email/password_changed": "password_changed",
    "account/email/password_set": "password_changed",
    "account/email/password_reset": "password_changed",
    "mfa/email/totp_activated": "second_step_added",
    "mfa/email/totp_deactivated": "second_step_removed",
    "mfa/email/webauthn_added": "passkey_added",
    "mfa/email/webauthn_removed": "passkey_removed",
    "mfa/email/recovery_codes_generated": "recovery_codes_made",
}
SAID = {
    "account/messages/password_changed.txt": _("Your password was changed."),
    "account/messages/password_set.txt": _("Your password was set."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is in use."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is no longer asked."),
    "mfa/messages/webauthn_added.txt": _("The passkey was added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey was removed."),
    "mfa/messages/recovery_codes_generated.txt": _("New recovery codes were made."),
}


class SignInAdapter(DefaultAccountAdapter):
    """Our limits, our letters and our sessions round allauth's flows."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail and password do not fit together."),
        "incorrect_password": _("This password is not right."),
        "incorrect_code": _("This code is not right."),
        "too_many_login_attempts": _(
            "Too many tries. Wait 15 minutes, or choose a new password by e-mail."
        ),
        "invalid_password_reset": _("This link no longer works."),
        "enter_current_password": _("This password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link goes to our own address, whatever host the request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.ADDRESS.url + path.replace("UID-KEY", quote(key))

    def is_ajax(self, request: HttpRequest) -> bool:
        """Passkeys fetch their challenge as JSON; nothing else is answered that way."""
        return request.headers.get("Accept") == "application/json" and request.method == "GET"

    # ---- guessing

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        self._usages = count_attempt(request, credentials.get("email") or "")
        if self._usages is None:
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Member | None:
        member = super().authenticate(request, **credentials)
        if member:
            forgive(self._usages)
        return member

    def reauthenticate(self, user: Member, password: str) -> bool:
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    # ---- after signing in

    def login(self, request: HttpRequest, user: Member) -> None:
        super().login(request, user)
        request.session[session_store.SIGNED_IN_AT] = int(timezone.now().timestamp())
        request.session[session_store.DEVICE] = request.headers.get("User-Agent", "")[:200]
        request.session[session_store.ADDRESS] = address_of(request)

    def post_login(self, request: HttpRequest, user: Member, **named: Any) -> HttpResponse:
        response = super().post_login(request, user, **named)
        record_sign_in(by=actor_of(user), member=user)
        secure = settings.SESSION_COOKIE_SECURE
        remember_here(request, response, user.email, secure=secure)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, user.language, max_age=YEAR, httponly=True,
            samesite="Lax", secure=secure,
        )  # fmt: skip
        return response

    def set_password(self, user: Member, password: str) -> None:
        super().set_password(user, password)
        forget_attempts(context.request, user.email)

    # ---- what is said and written

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        said = message or SAID.get(message_template or "")
        if said:
            messages.add_message(request, level, said, extra_tags=extra_tags)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """The one letter of allauth that is no notice: the link to a new password."""
        member, link = context["user"], context["password_reset_url"]
        self._write(
            "password_reset", member, link=link, key=f"password_reset:{member.pk}:{_digest(link)}"
        )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Member,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        template = NOTICES[template_prefix]
        self._write(template, user, key=f"{template}:{user.pk}:{uuid.uuid4().hex}")

    def _write(self, template: str, member: Member, *, key: str, **fields: str) -> None:
        send_message(
            by=SYSTEM, template=template, to=member, key=key, now=timezone.now(),
            context={"name": member.name, "business": business().name, **fields},
        )  # fmt: skip


class SecondStepAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps are not kept in clear."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text, "second step")

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, "second step")


def _digest(link: str) -> str:
    return salted_hmac("link", link).hexdigest()[:20]
