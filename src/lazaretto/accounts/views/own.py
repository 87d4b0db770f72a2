"""One's own account: password, language, tokens."""

from datetime import datetime
from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from lazaretto.accounts import commands, queries
from lazaretto.accounts.doors import SIGNED_IN, actor_of, needs, public
from lazaretto.accounts.errors import WrongPassword
from lazaretto.accounts.forms import OwnPasswordForm, TokenForm
from lazaretto.accounts.models import User
from lazaretto.accounts.queries import actor_for
from lazaretto.accounts.views.sign_in import CHOSEN_LANGUAGE, speak, way_on
from lazaretto.accounts.views.tools import tell_form
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError
from lazaretto.ui.notices import notify


@needs(SIGNED_IN, first_password=True)
@never_cache
@sensitive_post_parameters()
def own_password(request: HttpRequest) -> HttpResponse:
    """Replace one's own password; the first one must be replaced before anything else."""
    form = OwnPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _change_password(request, form)
        except WrongPassword as error:
            form.add_error("current", str(error))
        except DomainError as error:
            form.add_error("password", str(error))
    first = cast("User", request.user).must_change_password
    return render(request, "accounts/own_password.html", {"form": form, "first": first})


def _change_password(request: HttpRequest, form: OwnPasswordForm) -> HttpResponse:
    values = form.cleaned_data
    actor = actor_of(request)
    changed = commands.change_own_password(
        actor=actor, at=clock.now(), current=values["current"], password=values["password"]
    )
    update_session_auth_hash(request, User.objects.get(pk=changed.user_id))
    notify(request, _("Your password is changed. Other devices are signed out."))
    return redirect(way_on(request))


@needs(SIGNED_IN)
@never_cache
def own(request: HttpRequest) -> HttpResponse:
    """One's own account: what one may do where, and the tokens of one's devices. A new token's secret is shown once."""
    actor, now = actor_of(request), clock.now()
    able = set(actor.grants) | actor.district
    form = TokenForm(request.POST or None, capabilities=able)
    issued = None
    if request.method == "POST" and form.is_valid():
        issued = _issue(actor, request, form, now)
        form = form if issued is None else TokenForm(capabilities=able)
    held = queries.held_by(actor.user_id or 0, at=now)
    tokens = queries.tokens_of(actor.user_id or 0, at=now)
    context = {"form": form, "tokens": tokens, "issued": issued, "memberships": held}
    return render(request, "accounts/own.html", context)


def _issue(actor: Actor, request: HttpRequest, form: TokenForm, now: datetime) -> object | None:
    values = {**form.cleaned_data, "capabilities": tuple(form.cleaned_data["capabilities"])}
    try:
        return commands.issue_token(actor=actor, at=now, username=request.user.get_username(), **values)
    except DomainError as error:
        tell_form(form, error)
        return None


@require_POST
@needs(SIGNED_IN)
def revoke_token(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a token open nothing any more."""
    commands.revoke_token(actor=actor_of(request), at=clock.now(), token_id=pk)
    notify(request, _("The token is revoked."))
    return redirect("accounts:own")


@public
@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Speak another language on this device, and for a signed-in user from now on."""
    language = request.POST.get("language", "")
    response = redirect(way_on(request))
    if language not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        now = clock.now()
        user = User.objects.get(pk=request.user.pk)
        commands.choose_language(actor=actor_for(user, at=now, device="browser"), at=now, language=language)
    else:
        request.session[CHOSEN_LANGUAGE] = language
    return speak(response, language)
