"""The API against its own description: schemathesis looks for failures and for answers that are not as described.

Usually a few requests an operation that fit the description. LAZARETTO_CONTRACT_EXAMPLES asks for more; from 50 on also
for requests that do not fit, and for the systematic ones (each boundary of each parameter).
"""

import os
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks

from lazaretto.accounts import commands
from lazaretto.config.api import openapi
from lazaretto.core import clock
from lazaretto.core.commands import REGISTRY
from tests import factories
from tests.cast import gather

pytestmark = pytest.mark.django_db  # each test inside the district's transaction

EXAMPLES = int(os.environ.get("LAZARETTO_CONTRACT_EXAMPLES", "5"))
DEEP = EXAMPLES >= 50
PHASES = [Phase.explicit, Phase.generate] if DEEP else [Phase.generate]

schema = schemathesis.openapi.from_dict(openapi())
schema.config.generation.update(modes=list(GenerationMode) if DEEP else [GenerationMode.POSITIVE])
schema.app = get_wsgi_application()

LOOKED_AT = (
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
)


@pytest.fixture(scope="module")
def token(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A token of somebody who may do everything in the district, where there is something to do it to.

    One district for all requests here: what a test of them writes is taken back.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        cast = gather()
        factories.stay(cast.site)
        factories.stay(cast.site)
        root, name = cast.site.unit.parent, cast.duty_officer.user.username
        for role in ("administrator", "approver", "medic", "security"):
            commands.grant_role(actor=cast.administrator.actor, at=clock.now(), unit=root, username=name, role=role)
        issued = commands.issue_token(actor=cast.administrator.actor, at=clock.now(), username=name, label="contract")
        yield issued.secret
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def one_connection():
    """The application answers inside the test's transaction, as Django's own test client lets it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def with_real_objects(case) -> None:
    """Requests are about something that exists, now, on the first page: so that more than the doors is tried."""
    if not DEEP:
        (case.headers or {}).pop("X-Occurred-At", None)
        (case.query or {}).pop("cursor", None)
    command = REGISTRY.get(case.path.rpartition("/")[2])
    if command is None or not isinstance(case.body, dict):
        return
    for name, model in command.scoped.items():
        found = model._default_manager.first()
        if found is not None and isinstance(case.body.get(name), str | int):
            case.body[name] = str(found.pk)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=PHASES,
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_as_described(case, token):
    with_real_objects(case)
    response = case.call(headers={"Authorization": f"Bearer {token}"})
    case.validate_response(response, checks=LOOKED_AT)


def test_the_description_is_openapi_3_1_and_names_every_command_and_error():
    described = openapi()
    assert described["openapi"].startswith("3.1")
    offered = {path.rpartition("/")[2] for path in described["paths"] if "/commands/" in path}
    assert offered == {name for name, command in REGISTRY.items() if not command.internal}
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert {401, 403, 404, 405, 422, 429} <= set(operation["responses"]), path
    assert {"not_found", "forbidden", "sign_in_required"} <= {row["code"] for row in described["x-lazaretto-errors"]}
