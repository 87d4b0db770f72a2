"""All addresses: each app's own, the API, and the few names that the frame of every page relies on."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from lazaretto.accounts import views as accounts
from lazaretto.config.api import api
from lazaretto.headquarters import views as headquarters

OWN = "lazaretto."


def _of_apps() -> list[URLResolver]:
    """The addresses of every app that has some; each app writes its paths in full."""
    names = [f"{app}.urls" for app in settings.INSTALLED_APPS if app.startswith(OWN)]
    found = [name for name in names if name != __name__ and find_spec(name) is not None]
    return [path("", include(name)) for name in found]


urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-out/", accounts.sign_out, name="sign_out"),
    path("preferences/language", accounts.switch_language),  # before ui's: it also remembers the user's choice
    path("palette", headquarters.palette, name="palette"),
    path("api/v1/", api.urls),
    *_of_apps(),
]

handler400 = "lazaretto.ui.views.bad_request"
handler403 = "lazaretto.ui.views.forbidden"
handler404 = "lazaretto.ui.views.not_found"
handler500 = "lazaretto.ui.views.server_error"
