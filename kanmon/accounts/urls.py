"""Addresses of signing in, from allauth: those that are wanted, by name.

What is left out stays away: nobody signs up by themselves, has mail addresses here, or gets a password by mail.
"""

from typing import Any

from allauth.account import views
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path


def password(request: HttpRequest) -> HttpResponseBase:
    """Change the password, for those who have one: who signs in by an identity provider has none here."""
    user: Any = request.user
    if user.is_authenticated and not user.has_usable_password():
        raise Http404
    return views.password_change(request)


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", password, name="account_change_password"),
    path("factor/code/", factor.authenticate, name="mfa_authenticate"),
    path("factor/code/again/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("factor/set-up/", totp.activate_totp, name="mfa_activate_totp"),
    path("factor/turn-off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("factor/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("factor/recovery/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
