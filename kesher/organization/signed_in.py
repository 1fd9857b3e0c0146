"""Who a session belongs to, read at once with everything that each page asks of him."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from kesher.organization.held import with_belongings
from kesher.organization.models import Member


class SignedIn(AuthenticationBackend):
    """allauth's way to sign in; the member of a session comes with his role and belongings."""

    def get_user(self, user_id: int) -> Member | None:
        member = with_belongings(user_id)
        return member if member is not None and self.user_can_authenticate(member) else None
