"""Where: sites, buildings, floors, rooms, beds, zones; states of rooms; the activation checklist."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor, ScopedQuerySet
from lazaretto.core.errors import Text
from lazaretto.core.ids import new_id
from lazaretto.places.choices import (
    ChangeKind,
    ExternalKind,
    RoomState,
    RowOutcome,
    SiteCategory,
    SiteKind,
    SiteState,
    ZoneKind,
)

# Degrees, WGS 84.
LATITUDE = [MinValueValidator(-90), MaxValueValidator(90)]
LONGITUDE = [MinValueValidator(-180), MaxValueValidator(180)]


def on_the_map() -> Q:
    """Both coordinates or none, and such as there are on earth."""
    return Q(latitude__isnull=True, longitude__isnull=True) | Q(
        latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180
    )


def _spoken(name: str, name_en: str) -> str:
    chinese = (get_language() or "").startswith("zh")
    return name if chinese or not name_en else name_en


class Site(models.Model):
    """A quarantine site, run by one unit. `code` is its short name, such as H03."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="site")
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=SiteKind, default=SiteKind.HOTEL)
    category = models.CharField(max_length=20, choices=SiteCategory)
    state = models.CharField(max_length=12, choices=SiteState, default=SiteState.PLANNED)
    jurisdiction = models.CharField(max_length=20, default="CN")
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    address = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True, blank=True, validators=LATITUDE)
    longitude = models.FloatField(null=True, blank=True, validators=LONGITUDE)
    phone = models.CharField(max_length=40, blank=True)
    reserve_percent = models.PositiveSmallIntegerField(default=10, validators=[MaxValueValidator(100)])
    opened_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "unit_id"
    FETCHED_WITH = ("unit",)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reserve_percent__lte=100), name="site_reserve_is_percent"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(opened_at__isnull=False), name="site_active_was_opened"
            ),
            models.CheckConstraint(condition=on_the_map(), name="site_on_the_map"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.spoken_name}"

    @property
    def spoken_name(self) -> str:
        """The name for the reader: the English one, if there is one, for who reads no Chinese."""
        return _spoken(self.name, self.name_en)


class ExternalQuerySet(ScopedQuerySet["ExternalPlace"]):
    """Places that others run belong to no unit: who may do something with them may do it with all."""

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """All of them, or none."""
        allowed = actor.everywhere(capability) or bool(actor.units_with(capability))
        return self if allowed else self.none()


class ExternalPlace(models.Model):
    """A place that somebody else runs: a hospital, a home, an airport, a site of another district.

    `district` names who runs it. `abilities` (see `Ability`) say for whom it is the right one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=ExternalKind)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    district = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True, blank=True, validators=LATITUDE)
    longitude = models.FloatField(null=True, blank=True, validators=LONGITUDE)
    phone = models.CharField(max_length=40, blank=True)
    abilities = models.JSONField(default=list)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ExternalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name", "district"], condition=Q(closed_at__isnull=True), name="external_place_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="external_place_has_name"),
            models.CheckConstraint(condition=on_the_map(), name="external_place_on_the_map"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def spoken_name(self) -> str:
        """The name for the reader: the English one, if there is one, for who reads no Chinese."""
        return _spoken(self.name, self.name_en)


class Building(models.Model):
    """A building of a site."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="buildings")
    name = models.CharField(max_length=40)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "site__unit_id"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="building_name_once")]

    def __str__(self) -> str:
        return self.name


class Zone(models.Model):
    """One of the three zones or two passages of a site."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="zones")
    kind = models.CharField(max_length=20, choices=ZoneKind)
    name = models.CharField(max_length=60)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "site__unit_id"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="zone_name_once")]

    def __str__(self) -> str:
        return self.name


class Floor(models.Model):
    """A floor, kept for one category or (empty) for any; `order` sorts floors, lowest first."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="floors")
    label = models.CharField(max_length=12)
    order = models.SmallIntegerField()
    zone = models.ForeignKey(Zone, null=True, blank=True, on_delete=models.PROTECT, related_name="floors")
    category = models.CharField(max_length=20, choices=SiteCategory, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "building__site__unit_id"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["building", "label"], name="floor_label_once")]

    def __str__(self) -> str:
        return self.label


class Room(models.Model):
    """A room. `site` repeats the floor's so that a board needs one index."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rooms")
    floor = models.ForeignKey(Floor, on_delete=models.PROTECT, related_name="rooms")
    number = models.CharField(max_length=12)
    position = models.SmallIntegerField(default=0)
    accessible = models.BooleanField(default=False)
    has_window = models.BooleanField(default=True)
    state = models.CharField(max_length=16, choices=RoomState, default=RoomState.READY)
    state_since = models.DateTimeField()
    note = models.CharField(max_length=120, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "site__unit_id"
    FETCHED_WITH = ("site",)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "number"], name="room_number_once")]
        indexes = [models.Index(fields=["site", "state"], name="room_site_state")]

    def __str__(self) -> str:
        return self.number


class Bed(models.Model):
    """A bed of a room."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="beds")
    label = models.CharField(max_length=8)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "room__site__unit_id"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "label"], name="bed_label_once")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.label}"


class RoomStateChange(models.Model):
    """One step of a room from a state to another. Append-only."""

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="state_changes")
    before = models.CharField(max_length=16, choices=RoomState)
    after = models.CharField(max_length=16, choices=RoomState)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(before=F("after")), name="room_state_changes")]

    def __str__(self) -> str:
        return f"{self.room_id}: {self.before} → {self.after}"


class ChecklistAnswer(models.Model):
    """The last answer to an item of the activation checklist of a site, with its evidence."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="checklist")
    item = models.CharField(max_length=40)
    passed = models.BooleanField()
    evidence = models.CharField(max_length=300)
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()
    SCOPE = "site__unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "item"], name="checklist_item_once"),
            models.CheckConstraint(condition=~Q(evidence=""), name="checklist_answer_has_evidence"),
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.item}"


class SiteChange(models.Model):
    """A site went from a state or category to another. Append-only."""

    id = models.BigAutoField(primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12, choices=ChangeKind)
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(before=F("after")), name="site_change_changes")]

    def __str__(self) -> str:
        return f"{self.site_id}: {self.before} → {self.after}"

    @property
    def before_label(self) -> Text:
        """Where it came from, in words."""
        return self._words()(self.before).label

    @property
    def after_label(self) -> Text:
        """Where it went, in words."""
        return self._words()(self.after).label

    def _words(self) -> type[SiteState] | type[SiteCategory]:
        return SiteState if self.kind == ChangeKind.STATE else SiteCategory


class RoomList(models.Model):
    """A room list as it was sent, staged until somebody applies it. Every row of the file is one of its rows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="room_lists")
    file_name = models.CharField(max_length=200)
    staged_at = models.DateTimeField()
    staged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = "site__unit_id"

    def __str__(self) -> str:
        return self.file_name


class RoomListRow(models.Model):
    """One row of a staged room list: its cells as sent, its Excel row number, and what becomes of it."""

    id = models.BigAutoField(primary_key=True)
    room_list = models.ForeignKey(RoomList, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=80)
    excel_row = models.PositiveIntegerField()
    cells = models.JSONField()
    outcome = models.CharField(max_length=12, choices=RowOutcome)
    issues = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room_list", "sheet", "excel_row"], name="room_list_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.excel_row}"
