"""How members sign in: nobody signs up by himself, members are invited."""

from allauth.account.adapter import DefaultAccountAdapter


class SignInAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False
