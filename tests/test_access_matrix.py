"""Every address and every command × everyone of the cast: in, sent to sign in, not found, or forbidden.

The expectation comes from the capability that the view, the endpoint or the command declares, and from the table of
roles. An address without a declaration, or without a line in the table below, fails.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from lazaretto.accounts.doors import PUBLIC
from lazaretto.accounts.models import Membership, Unit
from lazaretto.accounts.roles import roles
from lazaretto.arrivals.models import ExpectedArrival, Manifest, ManifestRow
from lazaretto.cases.models import Change, FollowUp
from lazaretto.config.api import api
from lazaretto.core.access import PERSONAL
from lazaretto.core.commands import REGISTRY, fetch
from lazaretto.core.errors import Forbidden, NotFound
from lazaretto.core.models import Alarm
from lazaretto.custody.models import Handover, Question
from lazaretto.emergencies.models import Emergency
from lazaretto.objections.models import Objection, Offer
from lazaretto.orders.models import ExceptionRequest, TransferOrder
from lazaretto.people.models import ContactPoint, IdentityDocument, Merge, Need, PartyMember, PersonName
from lazaretto.places.models import Room, RoomList, Site
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays.models import Breach, Certificate, OrderChange, RoomHold, Specimen, Stay
from lazaretto.stranded.models import Group, Stranded
from lazaretto.trips.models import Driver, MoveRequest, Trip, TripPlan, Vehicle
from tests.cast import Cast, gather
from tests.world import examples

pytestmark = pytest.mark.django_db  # each test inside the stage's transaction

GET, POST = "GET", "POST"

# How each page is asked for. Arguments come from ARGUMENTS by their name, or by "address argument".
ADDRESSES = {
    ":sign_out": POST,
    ":preferences/language": POST,
    ":palette": GET,
    "ui:theme": POST,
    "ui:language": POST,
    "ui:styleguide": GET,
    "ui:styleguide_part": GET,
    "accounts:sign_in": GET,
    "accounts:set_up": GET,
    "accounts:own": GET,
    "accounts:own_password": GET,
    "accounts:revoke_token": POST,
    "accounts:users": GET,
    "accounts:new_user": GET,
    "accounts:user": GET,
    "accounts:units": GET,
    "accounts:new_unit": GET,
    "accounts:unit": GET,
    "accounts:roles": GET,
    "accounts:journal": GET,
    "places:sites": GET,
    "places:new_site": GET,
    "places:site": GET,
    "places:edit_site": GET,
    "places:change_life": POST,
    "places:checklist": GET,
    "places:structure": GET,
    "places:save_floor": POST,
    "places:create_rooms": POST,
    "places:grid": GET,
    "places:save_grid": POST,
    "places:export_rooms": GET,
    "places:upload_list": GET,
    "places:room_list": GET,
    "places:states": GET,
    "places:cleaning": GET,
    "places:room": GET,
    "places:undo_step": POST,
    "protocols:packs": GET,
    "protocols:pack": GET,
    "protocols:compare": GET,
    "protocols:adopt": GET,
    "protocols:end": GET,
    "stays:rounds": GET,
    "stays:save_door": POST,
    "stays:sampling": GET,
    "stays:sampling_pdf": GET,
    "stays:collect": POST,
    "stays:results": GET,
    "stays:positives": GET,
    "stays:positive": GET,
    "stays:releases": GET,
    "stays:release_chosen": POST,
    "stays:certificates_pdf": GET,
    "stays:certificate_pdf": GET,
    "stays:revoke_certificate": POST,
    "stays:certificate_check": GET,
    "arrivals:buses": GET,
    "arrivals:bus": GET,
    "arrivals:propose": POST,
    "arrivals:scan": POST,
    "arrivals:add_stranger": POST,
    "arrivals:depart": POST,
    "arrivals:give_room": POST,
    "arrivals:board": POST,
    "arrivals:missing": POST,
    "arrivals:desk": GET,
    "arrivals:found": GET,
    "arrivals:panel": GET,
    "arrivals:confirm": POST,
    "arrivals:walk_in": GET,
    "arrivals:walk_in_look": POST,
    "headquarters:overview": GET,
    "headquarters:names": GET,
    "headquarters:search": GET,
    "headquarters:alarms": GET,
    "headquarters:take_alarm": POST,
    "headquarters:answer_alarm": POST,
    "headquarters:deadlines": GET,
    "people:people": GET,
    "people:register": GET,
    "people:duplicates": GET,
    "people:compare": GET,
    "people:merge": POST,
    "people:different": POST,
    "people:reopen": POST,
    "people:undo_merge": POST,
    "people:person": GET,
    "people:edit": GET,
    "people:add_name": GET,
    "people:remove_name": POST,
    "people:add_document": GET,
    "people:correct_document": GET,
    "people:remove_document": POST,
    "people:add_phone": GET,
    "people:remove_phone": POST,
    "people:record_need": GET,
    "people:end_need": POST,
    "people:join_party": GET,
    "people:leave_party": POST,
    "people:reveal": POST,
    "people:merge_with": GET,
    "stays:board": GET,
    "stays:board_find": GET,
    "stays:board_room": GET,
    "stays:room_state": POST,
    "stays:keep_room": POST,
    "stays:give_up_room": POST,
    "stays:stay_by_number": GET,
    "stays:stays": GET,
    "stays:stay": GET,
    "stays:move": GET,
    "stays:extend": GET,
    "stays:withdraw_extension": POST,
    "stays:release_early": GET,
    "stays:end": GET,
    "stays:observe": POST,
    "stays:specimen": POST,
    "stays:excuse_test": POST,
    "stays:order_paper": GET,
    "stays:notice_paper": GET,
    "stays:door_card": GET,
    "stays:guest_card": GET,
    "stays:registers": GET,
    "stays:register": GET,
    "stays:register_paper": GET,
    "stays:patrol": GET,
    "stays:check_door": POST,
    "stays:breaches": GET,
    "stays:report_breach": GET,
    "stays:close_breach": GET,
    "arrivals:lists": GET,
    "arrivals:list": GET,
    "arrivals:list_columns": GET,
    "arrivals:list_row": GET,
    "arrivals:commit_list": POST,
    "arrivals:cancel_list": POST,
    "headquarters:home": GET,
    "transfers:moves": GET,
    "transfers:new_place": GET,
    "transfers:question": GET,
    "transfers:handover": GET,
    "transfers:divert": GET,
    "transfers:fetch": GET,
    "transfers:word": POST,
    "transfers:left": POST,
    "transfers:postpone": POST,
    "transfers:arrived": POST,
    "transfers:whereabouts": GET,
    "transfers:where": GET,
    "transfers:sign_out": GET,
    "transfers:seen_here": POST,
    "transfers:give_room": POST,
    "trips:board": GET,
    "trips:list": GET,
    "trips:new": GET,
    "trips:fleet": GET,
    "trips:new_vehicle": GET,
    "trips:vehicle": GET,
    "trips:vehicle_state": POST,
    "trips:new_driver": POST,
    "trips:end_driver": POST,
    "trips:plan": GET,
    "trips:propose": POST,
    "trips:withdraw": POST,
    "trips:choices": GET,
    "trips:insert": POST,
    "trips:proposal": GET,
    "trips:improve": POST,
    "trips:accept": POST,
    "trips:trip": GET,
    "trips:begin": POST,
    "trips:depart": POST,
    "trips:arrive": POST,
    "trips:change": POST,
    "trips:allow": POST,
    "trips:link": POST,
    "trips:riders": GET,
    "trips:add_rider": POST,
    "trips:remove_rider": POST,
    "trips:paper": GET,
    "trips:worker": GET,
    "trips:ride": GET,
    "trips:ride_scans": POST,
    "trips:ride_link": GET,
    "trips:ride_link_scans": POST,
    "emergencies:emergencies": GET,
    "emergencies:report": GET,
    "emergencies:banner": GET,
    "emergencies:one": GET,
    "emergencies:said": GET,
    "emergencies:own": POST,
    "emergencies:step": POST,
    "emergencies:word": POST,
    "emergencies:cancel": POST,
    "emergencies:review": POST,
    "orders:orders": GET,
    "orders:new": GET,
    "orders:order": GET,
    "orders:paper": GET,
    "orders:issue": POST,
    "orders:renew": POST,
    "orders:withdraw": POST,
    "orders:discard": POST,
    "orders:override": POST,
    "orders:check": POST,
    "orders:correct": POST,
    "orders:strike": POST,
    "orders:exceptions": GET,
    "orders:exception": GET,
    "orders:decide": POST,
    "orders:withdraw_exception": POST,
    "cases:changes": GET,
    "cases:one": GET,
    "cases:confirm": POST,
    "cases:refuse": POST,
    "cases:withdraw": POST,
    "cases:follow_up": POST,
    "cases:propose": GET,
    "cases:event": GET,
    "objections:objections": GET,
    "objections:one": GET,
    "objections:talk": POST,
    "objections:offer": POST,
    "objections:answer": POST,
    "objections:step": POST,
    "objections:decide": POST,
    "objections:issue_notice": POST,
    "objections:notice": GET,
    "objections:reply": GET,
    "objections:raise": GET,
    "stranded:groups": GET,
    "stranded:new": GET,
    "stranded:one": GET,
    "stranded:give": POST,
    "stranded:care": POST,
    "stranded:step": POST,
    "stranded:place": POST,
    "stranded:send": POST,
    "stranded:admit": GET,
    "stranded:complete": GET,
}

STAY_PAGES = (
    "stay_by_number", "stay", "move", "extend", "withdraw_extension", "release_early", "end", "observe", "specimen",
    "excuse_test", "order_paper", "notice_paper", "door_card", "guest_card",
)  # fmt: skip

EMERGENCY_PAGES = ("one", "said", "own", "step", "word", "cancel", "review")
ORDER_PAGES = (
    "order", "paper", "issue", "renew", "withdraw", "discard", "override", "check", "correct", "strike",
)  # fmt: skip
EXCEPTION_PAGES = ("exception", "decide", "withdraw_exception")
OBJECTION_PAGES = ("one", "talk", "offer", "answer", "step", "decide", "issue_notice", "notice", "reply")
STRANDED_PAGES = ("one", "give", "care", "step", "place", "send", "admit", "complete")
CHANGE_PAGES = ("one", "confirm", "refuse", "withdraw", "follow_up")
HANDOVER_PAGES = ("handover", "postpone", "arrived", "divert", "fetch", "word", "left")
TRIP_PAGES = (
    "trip", "begin", "depart", "arrive", "change", "allow", "link", "paper", "ride", "ride_scans", "ride_link",
    "ride_link_scans", "riders", "add_rider", "remove_rider",
)  # fmt: skip

ARGUMENTS = {
    "code": lambda world: world[Site].code,
    "part": lambda _world: "form",
    "key": lambda _world: "cn-plan-8",
    "figure": lambda _world: "in-house",
    "number": lambda world: world[Room].number,
    "stays:certificate_pdf number": lambda world: world[Certificate].number,
    "stays:revoke_certificate number": lambda world: world[Certificate].number,
    "tube": lambda world: world[Specimen].tube,
    "list_id": lambda world: world[RoomList].pk,
    "manifest_id": lambda world: world[Manifest].pk,
    "expected_id": lambda world: world[ExpectedArrival].pk,
    "adoption_id": lambda world: world[PackAdoption].pk,
    "accounts:revoke_token pk": lambda world: world[Site].pk,  # nobody's token
    "accounts:user pk": lambda world: world[Membership].user_id,
    "accounts:unit pk": lambda world: world[Unit].pk,
    "person_id": lambda world: world[Stay].person_id,
    "one": lambda world: world[Stay].person_id,
    "other": lambda world: world[ExpectedArrival].person_id,
    "name_id": lambda world: world[PersonName].pk,
    "document_id": lambda world: world[IdentityDocument].pk,
    "contact_id": lambda world: world[ContactPoint].pk,
    "need_id": lambda world: world[Need].pk,
    "party_id": lambda world: world[PartyMember].party_id,
    "merge_id": lambda world: world[Merge].pk,
    "what": lambda _world: "document",
    "value_id": lambda world: world[IdentityDocument].pk,
    "row_id": lambda world: world[ManifestRow].pk,
    "breach": lambda world: world[Breach].pk,
    "change": lambda world: world[OrderChange].pk,
    **{
        f"{name} number": lambda world: world[Stay].number
        for name in ("/api/v1/stays/{number}", *(f"stays:{page}" for page in STAY_PAGES))
    },
    **{f"transfers:{page} number": lambda world: world[Handover].number for page in HANDOVER_PAGES},
    "objections:raise number": lambda world: world[Stay].number,
    **{
        f"{name} number": lambda world: world[Objection].number
        for name in ("/api/v1/objections/{number}", *(f"objections:{page}" for page in OBJECTION_PAGES))
    },
    "objections:answer offer": lambda world: world[Offer].pk,
    "objections:notice notice": lambda _world: "H01-N1",
    "cases:propose number": lambda world: world[Stay].number,
    **{
        f"{name} number": lambda world: world[Change].number
        for name in (
            "/api/v1/changes/{number}",
            "/api/v1/changes/{number}/preview",
            *(f"cases:{page}" for page in CHANGE_PAGES),
        )
    },
    "follow_up": lambda world: world[FollowUp].pk,
    "hold_id": lambda world: world[RoomHold].pk,
    **{
        f"{name} number": lambda world: world[TransferOrder].number
        for name in ("/api/v1/transfer-orders/{number}", *(f"orders:{page}" for page in ORDER_PAGES))
    },
    **{
        f"{name} number": lambda world: world[ExceptionRequest].number
        for name in ("/api/v1/admission-exceptions/{number}", *(f"orders:{page}" for page in EXCEPTION_PAGES))
    },
    **{
        f"{name} number": lambda world: world[Trip].number
        for name in ("/api/v1/trips/{number}", *(f"trips:{page}" for page in TRIP_PAGES))
    },
    **{
        f"{name} number": lambda world: world[Group].number
        for name in ("/api/v1/stranded/{number}", *(f"stranded:{page}" for page in STRANDED_PAGES))
    },
    "stranded": lambda world: world[Stranded].pk,
    "plan_id": lambda world: world[TripPlan].pk,
    "request_id": lambda world: world[MoveRequest].pk,
    "secret": lambda _world: "no-such-secret",
    "vehicle_id": lambda world: world[Vehicle].pk,
    "driver_id": lambda world: world[Driver].pk,
    "question_id": lambda world: world[Question].pk,
    "alarm": lambda world: world[Alarm].pk,
    **{
        f"{name} number": lambda world: world[Emergency].number
        for name in ("/api/v1/emergencies/{number}", *(f"emergencies:{page}" for page in EMERGENCY_PAGES))
    },
    "name": lambda _world: "accounts.rename_unit",
}
# Pages whose own token, form or purpose comes before the record: what to send.
BODIES = {"people:reveal": "purpose=care"}
# Endpoints that answer only with a query.
QUERIES = {
    "GET /api/v1/rule-packs/in-force": "?jurisdiction=CN&on=2026-11-21",
    "GET /api/v1/transfer-destinations": "?category=inbound",
}
# Arguments that belong to no place: whoever holds the capability anywhere sees them.
PLACELESS = {"part", "key", "figure", "adoption_id", "name"}

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


def roles_of(member) -> list[str]:
    return list(member.user.memberships.values_list("role", flat=True))


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
