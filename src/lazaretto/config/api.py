"""The API under /api/v1: one endpoint a command, and the read endpoints of every app."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from lazaretto.accounts.doors import SIGNED_IN, actor_of, needs
from lazaretto.core.errors import DomainError
from lazaretto.core.middleware import problem_response

api = NinjaAPI(title="Lazaretto", version="1", docs_url=None, urls_namespace="api")


@api.exception_handler(DomainError)
def _problem(_request: HttpRequest, error: DomainError) -> HttpResponse:
    return problem_response(error)


@api.get("/me")
@needs(SIGNED_IN)
def me(request: HttpRequest) -> dict[str, str]:
    """Who is asking."""
    return {"name": actor_of(request).name}
