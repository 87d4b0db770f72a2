"""Who: people, their names, documents, contacts, parties, needs; who may see them; merges."""

from typing import Self, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from lazaretto.core.access import Actor, ScopedQuerySet
from lazaretto.core.fields import EncryptedTextField
from lazaretto.core.ids import new_id
from lazaretto.people.choices import ContactKind, DocumentKind, NeedKind, PartyKind, Script, Sex, SuggestionState


class PersonQuerySet(ScopedQuerySet["Person"]):
    """People, seen through the units that care for them."""

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """People whom a unit of the actor cares or cared for (`PersonAccess`)."""
        if actor.everywhere(capability):
            return self
        seen = PersonAccess.objects.filter(person=OuterRef("pk"), unit_id__in=actor.units_with(capability))
        return self.filter(Exists(seen))

    def current(self) -> Self:
        """Without those merged into another."""
        return self.filter(merged_into__isnull=True)


class Person(models.Model):
    """A person. `name` is the one shown; all names, in every script, are `PersonName` rows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    romanised = models.CharField(max_length=160, blank=True)
    sex = models.CharField(max_length=8, choices=Sex, default=Sex.UNKNOWN)
    birth_date = models.DateField(null=True, blank=True)
    nationality = models.CharField(max_length=3, blank=True)
    language = models.CharField(max_length=12, default="zh-hans")
    employer = models.CharField(max_length=120, blank=True)
    dormitory = models.CharField(max_length=120, blank=True)
    address = EncryptedTextField(null=True, blank=True)
    # The index holds merged records only: one over all would tempt SQLite to list everybody by it.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from", db_index=False
    )
    created_at = models.DateTimeField()
    # When the person was last compared with others; null after every change that could show a duplicate.
    compared_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PersonQuerySet.as_manager()
    SCOPE = "access__unit_id"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="person_not_merged_into_self"),
            models.CheckConstraint(condition=~Q(name=""), name="person_has_name"),
        ]
        indexes = [
            models.Index(fields=["birth_date"], name="person_birth_date"),
            models.Index(fields=["id"], condition=Q(compared_at__isnull=True), name="person_to_compare"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="person_merged_into"),
        ]

    def __str__(self) -> str:
        return self.name


class PersonAccess(models.Model):
    """A unit cares for a person and may therefore see them, for a period."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="access")
    unit_id = models.UUIDField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "unit_id"], condition=Q(ended_at__isnull=True), name="person_access_open_once"
            )
        ]
        indexes = [models.Index(fields=["unit_id", "person"], name="person_access_unit")]

    def __str__(self) -> str:
        return f"{self.person_id} ↔ {self.unit_id}"


class PersonName(models.Model):
    """A name of a person in one script."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="names")
    script = models.CharField(max_length=8, choices=Script)
    full = models.CharField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "full"], name="person_name_once")]

    def __str__(self) -> str:
        return self.full


class SearchToken(models.Model):
    """What finds a person: names, pinyin, initials, folded to lower case; searched by prefix.

    Each token stands once for every unit that may see the person and once under `EVERYWHERE`, so that a site with
    few people finds them as fast as the district does. On PostgreSQL the column sorts by bytes (migration 0002), as
    it does on SQLite: one range is the prefix search of both.

    A token is derived from a name and an access, which know their person for certain. PostgreSQL does not look it up
    again for each of them: of everything that it looked up in an import that was two fifths. `verify` does.
    """

    EVERYWHERE = UUID(int=0)

    id = models.BigAutoField(primary_key=True)
    unit_id = models.UUIDField(default=EVERYWHERE)
    token = models.CharField(max_length=80)
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="search_tokens", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit_id", "token", "person"], name="search_token_once")]
        indexes = [models.Index(fields=["person", "unit_id", "token"], name="search_token_person")]

    def __str__(self) -> str:
        return self.token


class IdentityDocument(models.Model):
    """An identity document. The number lies encrypted.

    `digest` is of kind, country and number: no two people have the same. `number_digest` is of the number alone and
    finds it whatever kind and country somebody believed it to be; `last_four` finds it by its end.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20, choices=DocumentKind)
    country = models.CharField(max_length=3, blank=True)
    number = EncryptedTextField()
    digest = models.CharField(max_length=64)
    number_digest = models.CharField(max_length=64)
    last_four = models.CharField(max_length=4)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="document_of_one_person")]
        indexes = [
            models.Index(fields=["number_digest"], name="document_number"),
            models.Index(fields=["last_four"], name="document_last_four"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} …{self.last_four}"


class ContactPoint(models.Model):
    """A telephone number (E.164) or address of a person; encrypted, found by digest and last four."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=8, choices=ContactKind, default=ContactKind.PHONE)
    value = EncryptedTextField()
    digest = models.CharField(max_length=64)
    last_four = models.CharField(max_length=4)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="contact_once")]
        indexes = [
            models.Index(fields=["digest"], name="contact_digest"),
            models.Index(fields=["last_four"], name="contact_last_four"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} …{self.last_four}"


class Party(models.Model):
    """People who belong together: a household, or companions on a journey."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=PartyKind, default=PartyKind.HOUSEHOLD)
    label = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.label or str(self.id)


class PartyMember(models.Model):
    """A person belongs to a party for a period."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="parties")
    relation = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "person"], condition=Q(ended_at__isnull=True), name="party_member_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.party_id}"


class Need(models.Model):
    """A vulnerability or need, with what to do about it. The note may be a health note, so it lies encrypted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="needs")
    kind = models.CharField(max_length=20, choices=NeedKind)
    note = EncryptedTextField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(ended_at__isnull=True), name="need_open_once"
            )
        ]
        indexes = [models.Index(fields=["kind", "person"], condition=Q(ended_at__isnull=True), name="need_kind_open")]

    def __str__(self) -> str:
        return self.get_kind_display()


Row = TypeVar("Row", bound=models.Model)


class PairQuerySet(ScopedQuerySet[Row]):
    """Rows about two people: for whoever may see both."""

    PAIR: tuple[str, ...] = ("first", "second")

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """Pairs of which the actor sees both."""
        if actor.everywhere(capability):
            return self
        seen = PersonAccess.objects.filter(unit_id__in=actor.units_with(capability))
        return self.filter(*(Exists(seen.filter(person=OuterRef(side))) for side in self.PAIR))


class DuplicateSuggestion(models.Model):
    """Two people who may be one, with the reasons; somebody decides. `first` is the older record."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=SuggestionState, default=SuggestionState.OPEN)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = PairQuerySet["DuplicateSuggestion"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["-id"], condition=Q(state="open"), name="suggestion_open")]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="suggestion_pair_once"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="suggestion_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≟ {self.second_id}"


class MergeQuerySet(PairQuerySet["Merge"]):
    """Merges: for whoever may see the record that was kept (the other has no access of its own any more)."""

    PAIR = ("kept",)


class Merge(models.Model):
    """Two records became one. `moved` lists every change that was made, so that the merge can be undone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_kept")
    merged = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_lost")
    moved = models.JSONField(default=list)
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at__isnull=True), name="merged_once")
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id}"
