"""Where a reader goes on after an action."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def on_this_host(request: HttpRequest, target: str, *, otherwise: str) -> str:
    """The address that a form or a link named, never one on another host."""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else otherwise
