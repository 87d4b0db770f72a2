"""Event streams are for those who work in the unit, and tell of its changes and of nothing else."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from lazaretto.accounts.choices import UnitKind
from lazaretto.accounts.commands import end_role, open_unit
from lazaretto.accounts.models import Membership
from lazaretto.config import streams as module
from lazaretto.config.streams import Refused, Streams, Subscription, allowed_units, changes_since, last_change
from lazaretto.core.access import Actor
from tests.factories import NOW

HERE, THERE = uuid4(), uuid4()


@pytest.fixture(autouse=True)
def _keep_the_connection(request, monkeypatch):
    """A test in a transaction has one connection, which the stream's threads would otherwise put away."""
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and not marker.kwargs.get("transaction"):
        monkeypatch.setattr(module, "close_old_connections", lambda: None)


def cookie(member):
    return {"cookie": f"sessionid={member.client.cookies['sessionid'].value}"}


@pytest.mark.django_db
def test_a_clerk_follows_the_own_site(cast):
    assert allowed_units("/live/site/H01", cookie(cast.clerk)) == {cast.site.unit_id}


@pytest.mark.django_db
def test_headquarters_follows_everything_and_a_site_only_itself(cast):
    assert allowed_units("/live/district", cookie(cast.duty_officer)) is None
    assert allowed_units("/live/district", cookie(cast.clerk)) == {cast.site.unit_id}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("/live/site/H02", "clerk"),
        ("/live/site/H01", "outsider"),
        ("/live/site/H99", "duty_officer"),
        ("/live/elsewhere", "duty_officer"),
    ],
)
def test_other_places_are_not_there(cast, path, member):
    with pytest.raises(Refused) as refused:
        allowed_units(path, cookie(getattr(cast, member)))
    assert refused.value.status == 404


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"cookie": "sessionid=invented"}])
def test_nobody_without_a_session_listens(cast, headers):
    with pytest.raises(Refused) as refused:
        allowed_units("/live/site/H01", headers)
    assert refused.value.status == 401


@pytest.mark.django_db
def test_a_role_that_ended_no_longer_listens(cast):
    membership = Membership.objects.get(user=cast.clerk.user)
    end_role(actor=cast.administrator.actor, at=NOW, membership=membership)
    with pytest.raises(Refused):
        allowed_units("/live/site/H01", cookie(cast.clerk))


@pytest.mark.django_db
def test_the_journal_says_which_units_changed_since_when(cast):
    _none, start = changes_since(0)
    made = open_unit(actor=Actor.system("t"), at=NOW, parent=cast.site.unit, kind=UnitKind.TEAM, code="T1", name="一组")
    units, position = changes_since(start)

    assert units == {made.unit_id}
    assert last_change(frozenset({made.unit_id}), start) == position
    assert last_change(frozenset({cast.other_site.unit_id}), start) is None
    assert last_change(None, position) is None


def stream(monkeypatch, events, *, headers=(), query=b"", beats=0.05):
    """Runs a stream of unit HERE; `events` act on the hub once it is open. Returns what was sent."""
    monkeypatch.setattr(module, "HEARTBEAT", beats)
    monkeypatch.setattr(module, "BREATH", 0.0)
    monkeypatch.setattr(module, "allowed_units", lambda _site, _headers: frozenset({HERE}))
    monkeypatch.setattr(module, "last_change", lambda _units, seen: 9 if seen < 9 else None)
    streams, sent = Streams(), []

    async def follow(_pool):
        streams._ready(0)
        await asyncio.sleep(60)

    streams._listen = streams._poll = follow
    scope = {"method": "GET", "path": "/live/site/H01", "query_string": query, "headers": list(headers)}

    async def receive():
        await asyncio.sleep(60)

    async def send(message):
        sent.append(message)

    async def story():
        with ThreadPoolExecutor(2) as pool:
            running = asyncio.ensure_future(streams.serve(scope, receive, send, pool))
            while not any(b"retry" in message.get("body", b"") for message in sent):
                await asyncio.sleep(0)
            for event in events:
                await event(streams)
            streams.close()
            await asyncio.wait_for(running, 2)

    asyncio.run(story())
    return b"".join(message.get("body", b"") for message in sent).decode(), sent


async def settle(_streams=None):
    await asyncio.sleep(0.02)


def change(unit, position):
    async def act(streams):
        streams._publish(frozenset({unit}), position)
        await settle()

    return act


def test_a_change_of_the_unit_is_an_event_with_its_position(monkeypatch):
    text, sent = stream(monkeypatch, [change(HERE, 41), change(HERE, 42)])
    assert sent[0]["status"] == 200
    assert (b"content-type", b"text/event-stream; charset=utf-8") in sent[0]["headers"]
    assert f"event: change\nid: 41\ndata: {HERE}\n\n" in text
    assert f"event: change\nid: 42\ndata: {HERE}\n\n" in text


def test_a_change_elsewhere_is_not_told(monkeypatch):
    text, _sent = stream(monkeypatch, [change(THERE, 41)])
    assert "event: change" not in text


def test_a_quiet_stream_says_now_and_then_that_it_is_there(monkeypatch):
    async def quiet(_streams):
        await asyncio.sleep(0.12)

    text, _sent = stream(monkeypatch, [quiet])
    assert text.count("event: ping") == 2


@pytest.mark.parametrize(
    ("headers", "query", "told"),
    [
        ([(b"last-event-id", b"5")], b"", True),
        ([], b"since=5", True),
        ([], b"since=9", False),
        ([], b"since=x", False),
        ([], b"", False),
    ],
)
def test_what_happened_while_nobody_listened_is_told_at_once(monkeypatch, headers, query, told):
    text, _sent = stream(monkeypatch, [settle], headers=headers, query=query)
    assert ("event: change\nid: 9\n" in text) is told


def test_a_stream_ends_when_the_server_stops_and_no_new_one_begins(monkeypatch):
    _text, sent = stream(monkeypatch, [])
    assert sent[-1] == {"type": "http.response.body", "body": b""}


def test_a_subscription_to_everything_hears_every_unit():
    everything = Subscription(None)
    everything.tell(frozenset({THERE}), 3)
    everything.tell(frozenset({HERE}), 4)
    assert everything.wake.is_set()
    assert everything.take() == f"event: change\nid: 4\ndata: {','.join(sorted([str(HERE), str(THERE)]))}\n\n"
    assert not everything.wake.is_set()
