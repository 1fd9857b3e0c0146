"""`kesher owner reset`: a way back in for an owner who lost every other one."""

from __future__ import annotations

from typing import Any

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from kesher.core.access import SYSTEM
from kesher.organization.commands.signing_in import forget_second_steps
from kesher.organization.models import Member
from kesher.organization.queries import owners


class Command(BaseCommand):
    help = "Print a link, good once, by which an owner chooses a new password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["reset"])
        parser.add_argument("--email", help="which owner, where there are several")

    def handle(self, *, what: str, email: str | None = None, **_rest: Any) -> None:
        owner = self._owner(email)
        # Whoever runs this holds the machine; a lost telephone must not keep the owner out.
        forget_second_steps(by=SYSTEM, member=owner)
        token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(owner)
        path = reverse(
            "account_reset_password_from_key",
            kwargs={"uidb36": user_pk_to_url_str(owner), "key": token},
        )
        hours = settings.PASSWORD_RESET_TIMEOUT // 3600
        self.stdout.write(f"{owner.name} <{owner.email}> chooses a new password here:")
        self.stdout.write(f"{settings.ADDRESS.url}{path}")
        self.stdout.write(
            f"The link works once, for {hours} hours. Second steps were removed, and every session "
            "of this owner has ended."
        )

    def _owner(self, email: str | None) -> Member:
        rows = owners(SYSTEM)
        if email:
            rows = rows.filter(email__iexact=email.strip())
        found = list(rows.order_by("pk")[:20])
        if not found:
            raise CommandError(
                "There is no such owner. Before anybody works here, open the first page instead."
            )
        if len(found) > 1:
            named = ", ".join(owner.email for owner in found)
            raise CommandError(f"There are several owners. Add --email with one of: {named}")
        return found[0]
