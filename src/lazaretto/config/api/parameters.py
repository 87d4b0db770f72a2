"""A query parameter that an endpoint does not know is refused: a misspelt filter must not answer with everything."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.operation import Operation

from lazaretto.core.errors import InvalidInput


class UnknownParameter(InvalidInput):
    """The endpoint knows no query parameter of that name; `fields` names it and those that there are."""

    code = "unknown_parameter"
    status = 422
    message = _("This address does not know one of the query parameters.")
    next_step = _("Correct its name or leave it out; the names that are known stand beside it.")

    @classmethod
    def of(cls, unknown: set[str], known: list[str]) -> "UnknownParameter":
        """The error for these names."""
        there = ", ".join(known)
        said = _("unknown; known are: %(names)s") % {"names": there} if known else _("unknown; this address takes none")
        return cls(fields={name: str(said) for name in sorted(unknown)}, known=there)


def refuse_unknown(api: NinjaAPI) -> None:
    """Let every read endpoint of the API refuse query parameters that it does not declare."""
    for _prefix, router in api._routers:  # ninja names no public way to the operations
        for view in router.path_operations.values():
            for operation in view.operations:
                if "GET" in operation.methods:
                    operation.view_func = _strict(operation.view_func, known_to(operation))


def known_to(operation: Operation) -> list[str]:
    """The query parameters that an operation declares, by name."""
    queries = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    return sorted({name for model in queries for name in model.__ninja_flatten_map__})


def _strict(view: Callable[..., Any], known: list[str]) -> Callable[..., Any]:
    @wraps(view)
    def answer(request: HttpRequest, **given: Any) -> Any:
        if unknown := request.GET.keys() - set(known):
            raise UnknownParameter.of(unknown, known)
        return view(request, **given)

    return answer
