"""Every address and every command × everyone of the cast: in, sent to sign in, not found, or forbidden.

The expectation comes from the capability that the view, the endpoint or the command declares, and from the table of
roles. An address without a declaration, or without a line in `tests.addresses`, fails.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from lazaretto.accounts.doors import PUBLIC
from lazaretto.accounts.models import User
from lazaretto.accounts.roles import roles
from lazaretto.config.api import api
from lazaretto.core.access import PERSONAL
from lazaretto.core.commands import REGISTRY, fetch
from lazaretto.core.errors import Forbidden, NotFound
from tests.addresses import ADDRESSES, ARGUMENTS, BODIES, GET, PLACELESS, POST, QUERIES
from tests.cast import Cast, Member, gather
from tests.world import examples

pytestmark = pytest.mark.django_db  # each test inside the stage's transaction

IN = {GET: {200, 204, 302, 400, 422}, POST: {200, 204, 302, 303, 400, 409, 422}}


@dataclass(frozen=True)
class Address:
    """An address with its name, its route's arguments and what it declares."""

    name: str
    capability: str | None
    arguments: tuple[str, ...]
    path: str

    @property
    def scoped(self) -> bool:
        return bool(set(self.arguments) - PLACELESS)


def pages() -> Iterator[Address]:
    """All addresses but the API's."""
    yield from _pages(get_resolver().url_patterns, "", "")


def _pages(patterns, path: str, namespace: str) -> Iterator[Address]:
    for pattern in patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            name = f"{namespace}:{pattern.name or here}"
            arguments = tuple(pattern.pattern.converters)
            yield Address(name, getattr(pattern.callback, "capability", None), arguments, here)
        elif not here.startswith("api/"):
            yield from _pages(pattern.url_patterns, here, pattern.namespace or namespace)


@dataclass(frozen=True)
class Endpoint:
    """An operation of the API."""

    method: str
    path: str
    capability: str | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def endpoints() -> Iterator[Endpoint]:
    """All operations of the API."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    capability = getattr(operation.view_func, "capability", None)
                    yield Endpoint(method, "/api/v1/" + f"{router.prefix}{path}".strip("/"), capability)


PAGES = list(pages())
ENDPOINTS = list(endpoints())


@dataclass(frozen=True)
class World:
    """The cast and one example of everything; every request is taken back, so one world serves all tests here."""

    cast: Cast
    examples: dict


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        cast = gather()
        yield World(cast, examples(cast))
        transaction.set_rollback(True)


@pytest.fixture
def cast(stage):
    return stage.cast


@pytest.fixture
def world(stage):
    return stage.examples


def answer(client: Client, method: str, path: str, **more):
    """The answer, with all that it changed taken back, cookies included."""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        response = client.generic(method, path, **more)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def verdict(response) -> str:
    if response.status_code == 302 and response.url.startswith("/sign-in/"):
        return "sign in"
    words = {401: "sign in", 403: "forbidden", 404: "not found", 405: "wrong method"}
    return words.get(response.status_code, "in" if response.status_code in IN[GET] | IN[POST] else "failed")


def expected(capability: str, name: str, member, *, scoped: bool) -> str:
    if not (capability in PERSONAL or any(capability in roles()[role].capabilities for role in roles_of(member))):
        return "forbidden"
    return "not found" if scoped and name == "outsider" else "in"


def roles_of(member: Member) -> frozenset[str]:
    return _roles_of(member.user)


@cache
def _roles_of(user: User) -> frozenset[str]:
    """The cast stays as it is: whatever a request changes is taken back."""
    return frozenset(user.memberships.values_list("role", flat=True))


@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.name)
def test_every_page_opens_to_those_whom_it_names(address, cast, world):
    assert address.capability, f"{address.name} declares no capability: @needs(…) or @public"
    assert address.name in ADDRESSES, f"{address.name} ({address.path}) is missing from ADDRESSES"
    method = ADDRESSES[address.name]
    path = "/" + address.path if address.name.endswith(address.path) else url_of(address, world)
    anonymous = verdict(answer(Client(), method, path))
    form = {"data": BODIES.get(address.name, ""), "content_type": "application/x-www-form-urlencoded"}
    found = {name: verdict(answer(member.client, method, path, **form)) for name, member in cast.everyone().items()}
    if address.name == "accounts:revoke_token":
        assert set(found.values()) == {"not found"}, "a token of nobody; whose is whose: test_pages_of_accounts"
        return
    if address.capability == PUBLIC:
        assert {anonymous, *found.values()} <= {"in", "not found", "sign in"}
        return
    assert anonymous == "sign in"
    wanted = {
        name: expected(address.capability, name, member, scoped=address.scoped)
        for name, member in cast.everyone().items()
    }
    assert found == wanted, f"{method} {path} needs {address.capability}"


def url_of(address: Address, world) -> str:
    made = {
        name: ARGUMENTS.get(f"{address.name} {name}", ARGUMENTS.get(name, lambda _world: None))(world)
        for name in address.arguments
    }
    missing = [name for name, value in made.items() if value is None]
    assert not missing, f"{address.name}: no example for {missing} in ARGUMENTS"
    return reverse(address.name.lstrip(":"), kwargs=made)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_every_endpoint_answers_those_whom_it_names(endpoint, cast, world):
    assert endpoint.capability, f"{endpoint} declares no capability"
    path, scoped = endpoint.path, False
    for part in [piece for piece in path.split("/") if piece.startswith("{")]:
        name = part.strip("{}").rpartition(":")[2]
        made = ARGUMENTS.get(f"{endpoint.path} {name}", ARGUMENTS[name])
        path = path.replace(part, str(made(world)))
        scoped = scoped or name not in PLACELESS
    path += QUERIES.get(str(endpoint), "")
    anonymous = answer(Client(), endpoint.method, path)
    assert (anonymous.status_code, anonymous["Content-Type"]) == (401, "application/problem+json")
    if endpoint.path.startswith("/api/v1/commands/"):
        return  # each command below
    for name, member in cast.everyone().items():
        found = verdict(answer(member.client, endpoint.method, path))
        assert found == expected(endpoint.capability, name, member, scoped=scoped), f"{endpoint} for {name}"


OFFERED = sorted(name for name, command in REGISTRY.items() if not command.internal)


@pytest.mark.parametrize("name", OFFERED)
def test_every_command_is_open_to_those_whose_role_carries_it(name, cast):
    command = REGISTRY[name]
    path = f"/api/v1/commands/{name}"
    assert answer(Client(), POST, path).status_code == 401
    for who, member in cast.everyone().items():
        response = answer(member.client, POST, path, data="{}", content_type="application/json")
        wanted = expected(command.capability, who, member, scoped=False)
        if command.district and not member.actor.everywhere(command.capability):
            wanted = "forbidden"
        assert verdict(response) == wanted, f"{name} for {who}: {response.content.decode()}"


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_object_of_a_command_is_hidden_from_other_places_and_kept_from_other_roles(name, cast, world):
    command = REGISTRY[name]
    for parameter, model in command.scoped.items():
        assert model in world, f"{name} takes a {model.__name__}: add one to tests/world.py"
        if not hasattr(model, "SCOPE") and model.__name__ in {"ExternalPlace", "PackAdoption"}:
            continue  # belongs to a jurisdiction or to others, not to a place of ours
        pk = world[model].pk
        with pytest.raises(NotFound):
            fetch(model, pk, cast.outsider.actor, command.capability)
        for member in (cast.clerk, cast.hotel_staff, cast.security, cast.medic, cast.site_lead):
            carried = any(command.capability in roles()[role].capabilities for role in roles_of(member))
            if carried or command.capability in PERSONAL:
                assert fetch(model, pk, member.actor, command.capability) == world[model], parameter
            else:
                with pytest.raises(Forbidden):
                    fetch(model, pk, member.actor, command.capability)


def test_the_table_names_no_address_that_is_gone():
    assert set(ADDRESSES) <= {address.name for address in PAGES}


def test_no_role_carries_a_capability_that_nothing_asks_for():
    asked = {address.capability for address in PAGES} | {endpoint.capability for endpoint in ENDPOINTS}
    asked |= {command.capability for command in REGISTRY.values()}
    carried = set().union(*(role.capabilities for role in roles().values()))
    by_code = {"people.names", "people.read", "stays.board", "stays.register"}  # asked inside queries and templates
    assert carried - asked - by_code == set()
    assert {capability for capability in asked if capability} - carried - PERSONAL - {PUBLIC} == set()


@pytest.mark.parametrize("address", [one for one in PAGES if ADDRESSES.get(one.name) == POST], ids=lambda one: one.name)
def test_what_only_a_form_reaches_leads_back_to_its_page(address, cast, world):
    """After a reload or a change of language it is asked for like any other page: never an empty 405."""
    way = ["/" + address.path if address.name.endswith(address.path) else url_of(address, world)]
    found = answer(cast.duty_officer.client, GET, way[0])
    while found.status_code == 302 and len(way) < 8:
        way.append(found.headers["Location"])
        found = answer(cast.duty_officer.client, GET, way[-1])
    assert found.status_code in {200, 403, 404}, way
    assert b"<h1" in found.content, way  # a page of ours
