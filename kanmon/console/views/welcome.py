"""The one-time link: the first person, and later every other one, makes an account."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login, password_validation
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from kanmon.accounts import invitation
from kanmon.accounts.models import User
from kanmon.common.errors import Refused
from kanmon.console import words
from kanmon.console.views import errors

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class WelcomeForm(forms.Form):
    """Name, password twice, language."""

    username = forms.CharField(max_length=150, validators=[UnicodeUsernameValidator()])
    password1 = forms.CharField(max_length=1000, strip=False)
    password2 = forms.CharField(max_length=1000, strip=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES)

    def clean_username(self) -> str:
        """The name is free."""
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("This name is taken. Choose another one."))
        return name

    def clean(self) -> dict[str, Any]:
        """The passwords are equal and good enough."""
        data: dict[str, Any] = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ."))
        if first:
            try:
                password_validation.validate_password(first, User(username=data.get("username", "")))
            except forms.ValidationError as weak:
                self.add_error("password1", weak)
        return data


@never_cache
@sensitive_post_parameters("password1", "password2")
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for name, password and language; make the account and sign in. The link works once."""
    try:
        role = invitation.find(token).role
        form = WelcomeForm(request.POST or None, initial={"language": translation.get_language()})
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            user = invitation.accept(token, data["username"], data["password1"], data["language"])
            login(request, user, backend=BACKEND)
            response = HttpResponseRedirect(reverse("console:overview"))
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, data["language"], httponly=True, samesite="Lax")
            return response
    except Refused as refused:
        return errors.refused(request, refused)
    return render(request, "console/welcome.html", {"form": form, "role_word": words.ROLES[role]})
