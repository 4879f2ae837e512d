"""The second factor: who needs one, and its keys, sealed in the database. The rest is django-allauth's."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from kanmon.accounts.models import Role
from kanmon.common import config
from kanmon.sealing import keys, store

_PURPOSE = "second factor"


def is_wanted(person: Any) -> bool:
    """Whether the settings want a second factor of this person."""
    wanted = config.get("sign_in.second_factor")
    return wanted == "all" or (wanted == "administrators" and getattr(person, "role", "") == Role.ADMINISTRATOR)


def of(person: Any) -> Authenticator | None:
    """The second factor of a person, if they have set one up."""
    return Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).first()


def is_lacking(person: Any) -> bool:
    """Whether a second factor is wanted of this person who has none."""
    return is_wanted(person) and of(person) is None


def codes_left(person: Any) -> int:
    """How many recovery codes a person has not used."""
    found = Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(found.wrap().get_unused_codes()) if found else 0


def take_away(person: Any) -> bool:
    """Remove second factor and recovery codes, inside a transaction: the phone is lost. Whether there were any."""
    return bool(Authenticator.objects.filter(user_id=person.pk).delete()[0])


class Sealed(DefaultMFAAdapter):
    """Keys are sealed with the data key of the home: a copy of the database alone gives no codes."""

    def encrypt(self, text: str) -> str:
        """A key as it is stored."""
        return keys.seal(store.data_key(), _PURPOSE, text.encode()).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """A key that was stored."""
        return keys.unseal(store.data_key(), _PURPOSE, bytes.fromhex(encrypted_text)).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Who needs a second factor can't turn it off."""
        return not is_wanted(authenticator.user)

    def get_totp_issuer(self) -> str:
        """What the app shows above the code."""
        return "Kanmon"
