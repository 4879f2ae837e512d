"""Addresses of the faces. Intake and health are answered before Django, see asgi.py."""

from django.urls import include, path

from kanmon.api.routes import api
from kanmon.console.views import me

handler400 = "kanmon.console.views.errors.bad_request"
handler403 = "kanmon.console.views.errors.forbidden"
handler404 = "kanmon.console.views.errors.not_found"
handler500 = "kanmon.console.views.errors.server_error"

urlpatterns = [
    path("api/v1/", api.urls),
    path("account/", me.me, name="mfa_index"),
    path("account/", include("kanmon.accounts.urls")),
    path("", include("kanmon.console.urls")),
]
