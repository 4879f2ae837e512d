"""Signing in and out, told by Django's and allauth's signals: a sign-in that can't be told does not happen."""

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa import signals as factor
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from kanmon.audit import refusals, rows
from kanmon.audit.where import where_from


def listen() -> None:
    """Connect the signals; once a process."""
    user_logged_in.connect(_signed_in, dispatch_uid="kanmon.audit")
    user_logged_out.connect(_signed_out, dispatch_uid="kanmon.audit")
    user_login_failed.connect(_failed, dispatch_uid="kanmon.audit")
    password_changed.connect(_password_changed, dispatch_uid="kanmon.audit")
    factor.authenticator_added.connect(_factor_on, dispatch_uid="kanmon.audit")
    factor.authenticator_removed.connect(_factor_off, dispatch_uid="kanmon.audit")
    factor.authenticator_reset.connect(_codes_made, dispatch_uid="kanmon.audit")
    factor.authenticator_used.connect(_code_used, dispatch_uid="kanmon.audit")
    factor.authentication_failed.connect(_code_wrong, dispatch_uid="kanmon.audit")


def _signed_in(sender: Any, request: Any, user: Any, **_: Any) -> None:
    _write("signed_in", "KNM4201-I", request, user.get_username())


def _signed_out(sender: Any, request: Any, user: Any, **_: Any) -> None:
    if user is not None:
        _write("signed_out", "KNM4203-I", request, user.get_username())


def _password_changed(sender: Any, request: Any, user: Any, **_: Any) -> None:
    _write("password_changed", "KNM4216-I", request, user.get_username())


def _factor_on(sender: Any, request: Any, user: Any, authenticator: Any, **_: Any) -> None:
    if authenticator.type == "totp":
        _write("second_factor_on", "KNM7224-I", request, user.get_username())


def _factor_off(sender: Any, request: Any, user: Any, authenticator: Any, **_: Any) -> None:
    if authenticator.type == "totp":
        _write("second_factor_off", "KNM7225-I", request, user.get_username())


def _codes_made(sender: Any, request: Any, user: Any, **_: Any) -> None:
    _write("recovery_codes_made", "KNM7226-I", request, user.get_username())


def _code_used(sender: Any, request: Any, user: Any, authenticator: Any, **_: Any) -> None:
    if authenticator.type == "recovery_codes":
        _write("recovery_code_used", "KNM7227-I", request, user.get_username())


def _code_wrong(sender: Any, request: Any, user: Any, **_: Any) -> None:
    refusals.sign_in(request, user.get_username(), "code")


def _failed(sender: Any, credentials: dict[str, Any], request: Any = None, **_: Any) -> None:
    """The name is kept only if somebody has it: people type their password there by mistake."""
    users = get_user_model()
    name = str(credentials.get(users.USERNAME_FIELD) or "")[:150]
    known = users.objects.filter(**{f"{users.USERNAME_FIELD}__iexact": name}).first() if name else None
    refusals.sign_in(request, known.get_username() if known else "", "password")


def _write(event: str, message_id: str, request: Any, name: str) -> None:
    rows.write(event, actor=name, detail={"id": message_id}, address=where_from(request))
