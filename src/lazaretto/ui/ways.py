"""Where a reader goes on after an action, and what they ask to see in the address."""

from collections.abc import Collection

from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def on_this_host(request: HttpRequest, target: str, *, otherwise: str) -> str:
    """The address that a form or a link named, never one on another host."""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else otherwise


def asked_for(request: HttpRequest, name: str, there_are: Collection[str], *, otherwise: str = "") -> str:
    """What the address asks for of what there is; `otherwise` where it asks for nothing.

    For others than there are there is no page (404): everything would pass for what was asked.
    """
    said = request.GET.get(name, "")
    if said and said not in there_are:
        raise Http404
    return said or otherwise
