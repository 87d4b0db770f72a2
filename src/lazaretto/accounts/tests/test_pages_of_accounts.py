"""Pages on which accounts, units, roles, tokens and the journal are seen to."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lazaretto.accounts import commands
from lazaretto.accounts.errors import UnitClosed
from lazaretto.accounts.models import ApiToken, Membership, Unit, User
from lazaretto.core import clock, journal
from lazaretto.core.models import JournalEntry
from tests import factories
from tests.cast import member
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode()


def act(cast, user, action, by=None, **data):
    client = (by or cast.administrator).client
    return client.post(reverse("accounts:user", args=[user.pk]), {"action": action, **data})


def test_the_list_shows_those_of_ones_own_places(cast):
    page = text(cast.site_lead.client.get("/accounts/users/"))
    assert cast.clerk.user.display_name in page
    assert cast.outsider.user.username not in page
    found = text(cast.administrator.client.get("/accounts/users/", {"q": cast.outsider.user.username}))
    assert cast.outsider.user.display_name in found
    assert cast.clerk.user.username not in found


def test_a_new_account_signs_in_with_a_password_that_must_be_replaced(cast):
    data = {
        "display_name": "李梅", "username": "limei", "unit": cast.site.unit_id, "role": "medic", "language": "en",
        "password": "k7mx-29pd-wq4h",
    }  # fmt: skip
    page = cast.administrator.client.post("/accounts/users/new/", data)
    assert "k7mx-29pd-wq4h" in text(page)
    user = User.objects.get(username="limei")
    assert user.must_change_password
    assert user.memberships.get().role == "medic"
    assert JournalEntry.objects.get(command="accounts.create_user").unit_id == cast.site.unit_id
    client = Client()
    assert client.post("/sign-in/", {"username": "limei", "password": data["password"]}).status_code == 302
    assert client.get("/account/").url.startswith("/account/password/")


def test_a_taken_name_is_told_and_nothing_typed_is_lost(cast):
    data = {
        "display_name": "李梅", "username": cast.clerk.user.username, "unit": cast.site.unit_id, "role": "medic",
        "language": "en", "password": "k7mx-29pd-wq4h",
    }  # fmt: skip
    page = cast.administrator.client.post("/accounts/users/new/", data)
    assert page.status_code == 200
    assert "李梅" in text(page)
    assert 'role="alert"' in text(page)


def test_roles_are_given_until_a_day_and_ended(cast):
    user = cast.clerk.user
    until = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    assert act(cast, user, "grant", unit=cast.other_site.unit_id, role="clerk", ends_at=until).status_code == 302
    given = Membership.objects.get(user=user, unit=cast.other_site.unit)
    assert given.ended_at is not None
    own = Membership.objects.get(user=user, unit=cast.site.unit)
    assert act(cast, user, "end", membership=own.pk).status_code == 302
    own.refresh_from_db()
    assert own.ended_at is not None
    assert cast.clerk.client.get("/api/v1/me").json()["grants"]["stays.admit"] == [str(cast.other_site.unit_id)]


def test_a_role_until_a_day_can_be_ended_before_it_and_only_once(cast):
    user, later = cast.clerk.user, clock.now() + timedelta(days=3)
    held = Membership.objects.create(
        user=user, unit=cast.other_site.unit, role="clerk", started_at=factories.LONG_AGO, ended_at=later
    )
    assert act(cast, user, "end", membership=held.pk).status_code == 302
    held.refresh_from_db()
    ended = held.ended_at
    assert ended < later
    assert act(cast, user, "end", membership=held.pk).status_code == 200
    held.refresh_from_db()
    assert held.ended_at == ended, "what is over stays as it was"
    assert JournalEntry.objects.filter(command="accounts.end_role").count() == 1


def test_nobody_gets_a_role_that_is_past_or_in_a_closed_unit(cast):
    past = (clock.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    page = act(cast, cast.clerk.user, "grant", unit=cast.other_site.unit_id, role="clerk", ends_at=past)
    assert 'id="id_ends_at_error"' in text(page)
    team = Unit.objects.create(
        parent=cast.site.unit, kind="team", code="T1", name="一队", started_at=factories.LONG_AGO,
        ended_at=clock.now(),
    )  # fmt: skip
    who, actor = cast.clerk.user.username, cast.administrator.actor
    with pytest.raises(UnitClosed):
        commands.grant_role(actor=actor, at=clock.now(), unit=team, username=who, role="clerk")
    assert not JournalEntry.objects.exists()


def test_the_last_administrator_cannot_be_ended_or_suspended(cast):
    user = cast.administrator.user
    act(cast, user, "end", membership=user.memberships.get().pk)
    act(cast, user, "suspend", reason="leaves")
    user.refresh_from_db()
    assert user.is_active
    assert user.memberships.get().ended_at is None
    assert not JournalEntry.objects.exists()


def test_a_suspended_account_loses_sessions_and_tokens_until_restored(cast):
    issued = commands.issue_token(
        actor=cast.clerk.actor, at=clock.now(), username=cast.clerk.user.username, label="scanner"
    )
    bearer = {"Authorization": f"Bearer {issued.secret}"}
    assert Client().get("/api/v1/me", headers=bearer).status_code == 200
    assert act(cast, cast.clerk.user, "suspend", reason="left the task force").status_code == 302
    assert Client().get("/api/v1/me", headers=bearer).status_code == 401
    assert cast.clerk.client.get("/api/v1/me").status_code == 401
    assert JournalEntry.objects.get(command="accounts.suspend_user").reason == "left the task force"
    act(cast, cast.clerk.user, "restore")
    assert Client().get("/api/v1/me", headers=bearer).status_code == 401, "a revoked token stays revoked"
    assert Client().post("/sign-in/", {"username": cast.clerk.user.username, "password": PASSWORD}).url == "/"


def test_a_locked_name_is_unlocked(cast, settings):
    name = cast.clerk.user.username
    for _ in range(settings.AXES_FAILURE_LIMIT):
        Client().post("/sign-in/", {"username": name, "password": "wrong"})
    assert 'value="unlock"' in text(cast.administrator.client.get(reverse("accounts:user", args=[cast.clerk.user.pk])))
    act(cast, cast.clerk.user, "unlock")
    assert Client().post("/sign-in/", {"username": name, "password": PASSWORD}).status_code == 302


def test_a_sites_administrator_has_no_say_over_headquarters_people(cast):
    local = member("administrator", cast.site.unit)
    Membership.objects.create(
        user=cast.administrator.user, unit=cast.site.unit, role="clerk", started_at=factories.LONG_AGO
    )
    page = act(cast, cast.administrator.user, "password", by=local, password="k7mx-29pd-wq4h")
    assert page.status_code == 200
    cast.administrator.user.refresh_from_db()
    assert cast.administrator.user.check_password(PASSWORD)
    assert act(cast, cast.outsider.user, "password", by=local, password="k7mx-29pd-wq4h").status_code == 404


def test_who_only_reads_accounts_changes_none(cast):
    assert act(cast, cast.clerk.user, "grant", by=cast.auditor, unit=cast.site.unit_id, role="medic").status_code in {
        200,
        403,
    }
    assert act(cast, cast.clerk.user, "suspend", by=cast.auditor, reason="x").status_code == 403
    assert not JournalEntry.objects.exists()


def test_units_are_added_renamed_moved_and_closed(cast):
    client = cast.administrator.client
    data = {"parent": cast.site.unit_id, "kind": "team", "code": "T1", "name": "一队"}
    client.post("/accounts/units/new/", data)
    team = Unit.objects.get(code="T1")
    page = f"/accounts/units/{team.pk}/"
    client.post(page, {"name": "夜班一队", "parent": cast.other_site.unit_id, "save": ""})
    team.refresh_from_db()
    assert (team.name, team.parent_id) == ("夜班一队", cast.other_site.unit_id)
    assert "夜班一队" in text(client.get("/accounts/units/"))
    client.post(page, {"name": "夜班一队", "parent": cast.other_site.unit_id, "close": "1"})
    team.refresh_from_db()
    assert team.ended_at is not None
    refused = client.post(f"/accounts/units/{cast.site.unit_id}/", {"name": "x", "close": "1"})
    assert refused.status_code == 200, "people still work there"
    commands_done = set(JournalEntry.objects.values_list("command", flat=True))
    assert commands_done == {f"accounts.{verb}_unit" for verb in ("open", "move", "rename", "close")}


def test_a_unit_never_comes_below_itself(cast):
    team = Unit.objects.create(
        parent=cast.site.unit, kind="team", code="T1", name="一队", started_at=factories.LONG_AGO
    )
    page = cast.administrator.client.post(f"/accounts/units/{cast.site.unit_id}/", {"name": "x", "parent": team.pk})
    assert page.status_code == 200
    cast.site.unit.refresh_from_db()
    assert cast.site.unit.parent_id != team.pk


def test_a_token_is_shown_once_limited_and_revoked(cast):
    client = cast.clerk.client
    page = text(client.post("/account/", {"label": "scanner", "days": "30", "capabilities": ["stays.read"]}))
    token = ApiToken.objects.get()
    secret = re.search(r"lz_[\w-]{40,}", page).group()
    assert token.hint == secret[-4:]
    bearer = {"Authorization": f"Bearer {secret}"}
    me = Client().get("/api/v1/me", headers=bearer).json()
    assert (list(me["grants"]), me["district"]) == (["stays.read"], [])
    assert Client().get("/api/v1/units", headers=bearer).status_code == 403
    assert secret not in text(client.get("/account/"))
    token.refresh_from_db()
    assert token.last_used_at is not None
    client.post(f"/account/tokens/{token.pk}/revoke")
    assert Client().get("/api/v1/me", headers=bearer).status_code == 401


def test_nobody_revokes_anothers_token(cast):
    issued = commands.issue_token(actor=cast.clerk.actor, at=clock.now(), username=cast.clerk.user.username, label="x")
    assert cast.medic.client.post(f"/account/tokens/{issued.token_id}/revoke").status_code == 404
    assert ApiToken.objects.get().revoked_at is None
    assert cast.administrator.client.post(f"/account/tokens/{issued.token_id}/revoke").status_code == 302


def test_a_token_makes_no_token_and_expires(cast):
    issued = commands.issue_token(
        actor=cast.clerk.actor, at=clock.now() - timedelta(days=3), username=cast.clerk.user.username, label="x", days=2
    )
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {issued.secret}"}).status_code == 401
    issued = commands.issue_token(actor=cast.clerk.actor, at=clock.now(), username=cast.clerk.user.username, label="x")
    answer = Client().post(
        "/api/v1/commands/accounts.issue_token",
        {"username": cast.clerk.user.username, "label": "child"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {issued.secret}"},
    )
    assert answer.status_code == 403


def test_the_journal_shows_ones_own_places_and_is_filtered(cast):
    for site in (cast.site, cast.other_site):
        commands.rename_unit(actor=cast.administrator.actor, at=clock.now(), unit=site.unit, name=f"新{site.code}")
    everything = text(cast.auditor.client.get("/journal/"))
    assert "name: 新H01" in everything
    assert "name: 新H02" in everything
    mine = text(cast.site_lead.client.get("/journal/"))
    assert "name: 新H01" in mine
    assert "name: 新H02" not in mine
    found = text(
        cast.auditor.client.get("/journal/", {"unit": cast.other_site.unit_id, "command": "accounts.rename_unit"})
    )
    assert "name: 新H01" not in found
    assert "name: 新H02" in found
    assert "name: 新H02" not in text(cast.auditor.client.get("/journal/", {"actor": "nobody"}))
    today = clock.now().date() + timedelta(days=2)
    assert "name: 新H02" not in text(cast.auditor.client.get("/journal/", {"since": today.isoformat()}))


def test_the_journal_goes_on_where_it_stopped(cast):
    notes = [journal.Note("t", str(number)) for number in range(120)]
    journal.write(notes, command="t.t", actor=cast.clerk.actor, at=clock.now(), recorded_at=clock.now(), client_id=None)
    first = text(cast.auditor.client.get("/journal/"))
    assert "subject_id=119" in first
    assert "subject_id=69" not in first
    following = first[first.index("?cursor=") :].partition('"')[0]
    assert "subject_id=69" in text(cast.auditor.client.get(f"/journal/{following}"))


@pytest.mark.parametrize("path", ["/accounts/users/", "/accounts/units/", "/journal/", "/accounts/roles/"])
def test_a_list_costs_the_same_whatever_its_length(path, cast, django_assert_max_num_queries):
    for _ in range(30):
        commands.rename_unit(actor=cast.administrator.actor, at=clock.now(), unit=cast.site.unit, name="新")
        factories.user("clerk", cast.site.unit)
    with django_assert_max_num_queries(14):
        cast.administrator.client.get(path)
