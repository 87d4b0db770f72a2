"""The first visit, signing in and out, and the page of a lock-out."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from lazaretto.accounts import commands
from lazaretto.accounts.doors import public
from lazaretto.accounts.errors import LockedOut
from lazaretto.accounts.forms import SetUpForm, SignInForm
from lazaretto.accounts.models import User
from lazaretto.accounts.queries import actor_for, is_guessing, is_set_up
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError
from lazaretto.core.middleware import problem_response
from lazaretto.ui.ways import on_this_host

CHOSEN_LANGUAGE = "language_chosen"  # in the session of somebody who is not signed in yet
FIRST_VISIT = Actor.system("first visit")


@public
@never_cache
@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in and go where one was going. Nothing tells an unknown name from a wrong password."""
    if not is_set_up():
        return redirect("accounts:set_up")
    if request.user.is_authenticated:
        return redirect(way_on(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if is_guessing(request.META.get("REMOTE_ADDR", ""), at=clock.now()):
            return locked_out(request)
        user = authenticate(request, **form.cleaned_data)
        if user is not None:
            return _welcome(request, user)
        form.add_error(None, _("User name or password is wrong."))
    return render(request, "accounts/sign_in.html", {"form": form, "next": request.GET.get("next", "")})


@public
@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out on this device."""
    logout(request)
    return redirect("accounts:sign_in")


@public
@never_cache
@sensitive_post_parameters()
def set_up(request: HttpRequest) -> HttpResponse:
    """The first visit to an empty installation: its district and its first administrator. Works once."""
    if is_set_up():
        return redirect("accounts:sign_in")
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _set_up(request, form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
    return render(request, "accounts/set_up.html", {"form": form})


def _set_up(request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    wanted = {name: values[name] for name in ("username", "display_name", "password", "district")}
    language = get_language() or settings.LANGUAGE_CODE
    made = commands.set_up(actor=FIRST_VISIT, at=clock.now(), language=language, **wanted)
    return _welcome(request, User.objects.get(pk=made.user_id))


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    """Start the session: in the language chosen on the sign-in page, else in the user's, else as the page was."""
    chosen = request.session.pop(CHOSEN_LANGUAGE, "")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    now = clock.now()
    commands.sign_in(actor=actor_for(user, at=now, device="browser"), at=now)
    if chosen and chosen != user.language:
        commands.choose_language(actor=actor_for(user, at=now, device="browser"), at=now, language=chosen)
    language = chosen or user.language or get_language() or settings.LANGUAGE_CODE
    return speak(redirect(way_on(request)), language)


def way_on(request: HttpRequest) -> str:
    """The page the person was on the way to; never on another host."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return on_this_host(request, target, otherwise=settings.LOGIN_REDIRECT_URL)


def speak(response: HttpResponse, language: str) -> HttpResponse:
    """Let the next pages be in that language on this device."""
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=31_536_000, samesite="Lax", secure=secure)
    return response


@public
def locked_out(request: HttpRequest, _response: HttpResponse | None = None, _credentials: Any = None) -> HttpResponse:
    """Answer of django-axes after too many failures: how long to wait, and whom to ask. Says nothing of the account."""
    seconds = int(timedelta(hours=settings.AXES_COOLOFF_TIME).total_seconds())
    if request.path.startswith("/api/"):
        answer: HttpResponse = problem_response(LockedOut())
    else:
        answer = render(request, "accounts/locked_out.html", {"minutes": seconds // 60}, status=LockedOut.status)
    answer["Retry-After"] = str(seconds)
    return answer
