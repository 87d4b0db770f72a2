"""The API under /api/v1: one endpoint a command, and the read endpoints of every app's `api.py`."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from lazaretto import __version__
from lazaretto.config.api import actions, parameters, problems
from lazaretto.config.api.auth import SignedInBrowser, Token
from lazaretto.config.api.description import complete

DESCRIPTION = """Everything that changes something is a command: `POST /api/v1/commands/{name}`.
Reads are lists with keyset paging (`limit`, `cursor`, `next`). A query parameter that an address
does not know is refused with 422 `unknown_parameter`, naming it and the known ones.
Every error is a problem document (RFC 9457) whose `code` is stable."""


class Api(NinjaAPI):
    """The API, whose description also tells the commands and every error."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """OpenAPI 3.1."""
        return complete(super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params))


def _assemble() -> Api:
    made = Api(
        title="Lazaretto",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        openapi_url="/openapi.json",
        urls_namespace="api",
        auth=[Token(), SignedInBrowser()],
    )
    problems.install(made)
    made.add_router("", actions.router)
    for app in settings.INSTALLED_APPS:
        name = f"{app}.api"
        if app.startswith("lazaretto.") and name != __name__ and find_spec(name) is not None:
            made.add_router("", import_module(name).router)
    parameters.refuse_unknown(made)
    return made


api = _assemble()


def openapi() -> dict[str, Any]:
    """The description of the API as `lazaretto openapi` prints it."""
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))
