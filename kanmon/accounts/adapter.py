"""allauth's adapter: nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class NoSignup(DefaultAccountAdapter):
    """People are made by one-time links only."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False
