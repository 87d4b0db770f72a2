"""Two records side by side, for whoever decides whether they are one person."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Value
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from lazaretto.core.access import Actor
from lazaretto.people.choices import Likeness, SuggestionState
from lazaretto.people.links import links
from lazaretto.people.models import DuplicateSuggestion, Person
from lazaretto.people.queries.duplicates import MERGE, suggestions
from lazaretto.people.queries.person import Card, person_card
from lazaretto.people.queries.records import person_by_id


@dataclass(frozen=True)
class Line:
    """One thing that is said of both; `same` when both say it alike."""

    label: str
    first: list[str]
    second: list[str]
    telling: bool = True

    @property
    def same(self) -> bool:
        """Whether both records say the same (and say anything) of something that tells people apart."""
        return self.telling and bool(self.first) and self.first == self.second


@dataclass(frozen=True)
class Comparison:
    """Two records, the older first."""

    first: Card
    second: Card
    lines: list[Line]
    reasons: list[str]
    state: str
    following: DuplicateSuggestion | None

    @property
    def is_open(self) -> bool:
        """Whether the pair waits for a decision."""
        return self.state in {"", SuggestionState.OPEN}


def comparison(actor: Actor, one: UUID, other: UUID) -> Comparison:
    """Both records, for an actor who may merge both; raises `NotFound`."""
    people = [person_by_id(actor, pk, MERGE) for pk in sorted({one, other})]
    first, second = people if len(people) == 2 else (people[0], people[0])
    pair = DuplicateSuggestion.objects.filter(first=first, second=second).first()
    cards = (person_card(actor, first), person_card(actor, second))
    reasons = [str(Likeness(code).label) for code in pair.reasons] if pair else []
    following = suggestions(actor).exclude(first=first, second=second)
    if pair is not None:
        following = following.filter(id__lt=pair.id)
    return Comparison(*cards, _lines(*cards), reasons, pair.state if pair else "", following.first())


def _lines(first: Card, second: Card) -> list[Line]:
    told = [_told(first), _told(second)]
    circumstances = {_("In care of"), _("Stays and other records"), _("Registered")}
    return [Line(label, told[0][label], told[1][label], label not in circumstances) for label in told[0]]


def _told(card: Card) -> dict[str, list[str]]:
    person = card.person
    return {
        _("Names"): sorted({card.name, card.romanised, *(name.full for name in card.names)} - {""}),
        _("Sex"): [str(person.get_sex_display())],
        _("Birth date"): [date_format(person.birth_date, "Y-m-d")] if person.birth_date and card.named else [],
        _("Documents"): [f"{document.get_kind_display()} …{document.last_four}" for document in card.documents],
        _("Telephone"): sorted(f"…{contact.last_four}" for contact in card.contacts),
        _("Nationality"): [person.nationality] if person.nationality else [],
        _("Employer"): [person.employer] if person.employer else [],
        _("Dormitory"): [person.dormitory] if person.dormitory else [],
        _("Needs"): sorted(str(line.need.get_kind_display()) for line in card.needs),
        _("In care of"): card.units,
        _("Household and companions"): [other.name for party in card.parties for other in party.others],
        _("Stays and other records"): [str(_links_of(person))],
        _("Registered"): [date_format(localtime(person.created_at), "Y-m-d H:i")],
    }


def _links_of(person: Person) -> int:
    """How many rows of other apps stand on the record: one query, however many apps there are."""
    others = [(model, field) for model, field in links() if model._meta.app_label != person._meta.app_label]
    rows = [
        model._base_manager.filter(**{field: person.pk}).order_by().values_list(Value(1)) for model, field in others
    ]
    return rows[0].union(*rows[1:], all=True).count() if rows else 0
