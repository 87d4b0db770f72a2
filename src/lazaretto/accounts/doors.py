"""What every view declares: the capability it needs, or that it is open to everyone.

The access matrix reads the declaration from the `capability` attribute; a view without one fails the tests.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest

from lazaretto.accounts.errors import PasswordChangeRequired
from lazaretto.accounts.queries import actor_for
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import Forbidden, SignInRequired

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "accounts.self"  # whatever the role: one's own account, the start page


def needs(capability: str, *, first_password: bool = False) -> Callable[[View], View]:
    """The view is for actors who hold the capability somewhere; where exactly, queries and commands decide.

    Raises `SignInRequired` (a page leads to the sign-in and back), `PasswordChangeRequired` while the first password
    is in force (unless `first_password`), `Forbidden` for a role without it. Goes below `@router.get` in an `api.py`.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if first_password:
                cast("Any", request).actor = actor_of_session(request, first_password=True)
            if not actor_of(request).may(capability):
                raise Forbidden(capability=capability)
            return view(request, *args, **kwargs)

        cast("Any", guarded).capability = capability
        return cast("View", guarded)

    return declare


def signed_in(view: View) -> View:
    """The view is for everyone who is signed in, also for a token that is limited to other capabilities."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        actor_of(request).on_device("")  # the actor is found only when it is asked for something
        return view(request, *args, **kwargs)

    cast("Any", guarded).capability = SIGNED_IN
    return cast("View", guarded)


def public(view: View) -> View:
    """The view is open to everyone, signed in or not."""
    cast("Any", view).capability = PUBLIC
    return view


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request, typed; raises `SignInRequired`, `PasswordChangeRequired`."""
    return cast("Actor", cast("Any", request).actor)


def actor_of_session(request: HttpRequest, *, first_password: bool = False) -> Actor:
    """The actor of the signed-in user; with `first_password` also while the first password is in force."""
    if not request.user.is_authenticated:
        raise SignInRequired
    user = request.user
    if user.must_change_password and not first_password:
        raise PasswordChangeRequired
    return actor_for(user, at=clock.now(), device="browser")
