"""The one-time link: the first person, and later every other one, makes an account."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, password_validation
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
from kanmon.audit import rows
from kanmon.audit.where import where_from
from kanmon.common.errors import Refused
from kanmon.console import words
from kanmon.console.views import errors
from kanmon.journal.writing import transaction

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class WelcomeForm(forms.Form):
    """Name, password twice, language. ``person``: whose account is there already; the name is theirs."""

    def __init__(self, *given: Any, person: User | None = None, **more: Any) -> None:
        super().__init__(*given, **more)
        self.person = person

    username = forms.CharField(max_length=150, validators=[UnicodeUsernameValidator()])
    password1 = forms.CharField(max_length=1000, strip=False)
    password2 = forms.CharField(max_length=1000, strip=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES)

    def clean_username(self) -> str:
        """The name is free."""
        name: str = self.cleaned_data["username"]
        if self.person is not None:
            return str(self.person.get_username())
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
        if request.method == "POST" and (again := _sent_again(request, token)):
            return again
        link = invitation.find(token)
        role, person = (link.role, None) if link.person is None else (link.person.role, link.person)
        form = WelcomeForm(request.POST or None, initial=_begin(person), person=person)
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            with transaction():
                user = invitation.accept(token, data["username"], data["password1"], data["language"])
                event, message_id = ("account_made", "KNM4219-I") if person is None else ("password_set", "KNM7221-I")
                told = {"id": message_id, "role": str(role)}
                rows.write(event, actor=user.get_username(), detail=told, address=where_from(request))
            return _signed_in(request, user, data["language"])
    except Refused as refused:
        return errors.refused(request, refused)
    return render(request, "console/welcome.html", {"form": form, "person": person, "role_word": words.ROLES[role]})


def _begin(person: User | None) -> dict[str, str]:
    if person is None:
        return {"language": translation.get_language()}
    return {"language": person.language or translation.get_language(), "username": person.get_username()}


def _signed_in(request: HttpRequest, user: User, language: str) -> HttpResponse:
    login(request, user, backend=BACKEND)
    response = HttpResponseRedirect(reverse("console:overview"))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, httponly=True, samesite="Lax")
    return response


def _sent_again(request: HttpRequest, token: str) -> HttpResponse | None:
    """The same sign-up once more, because its answer was lost: signed in, as the first answer would have been."""
    name = invitation.made_by(token)
    if not name or request.POST.get("username") != name:
        return None
    user = authenticate(request, username=name, password=request.POST.get("password1", ""))
    return _signed_in(request, user, user.language) if isinstance(user, User) else None
