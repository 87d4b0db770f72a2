"""A bag is meant within its round: B-17 of the next round is another one.

Bags that were used in two rounds become two: every bag is folded anew from what was told in its own round, and so is
every tube of which something was told in another round.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery

import lazaretto.core.ids
from lazaretto.core.ids import new_id
from lazaretto.tubes.rules import Fact, incomplete, story_of_bag, story_of_tube

FACT = ("id", "kind", "at", "tube", "bag", "to", "count", "reason")
BAG = (
    "state", "closed_at", "said_tubes", "left_at", "holder", "arrived_at", "received_at", "laboratory", "counted",
    "doubts",
)
TUBE = ("sealed_at", "bag", "bagged_at", "received_at", "laboratory", "rejected_at", "reason", "slip_at", "doubts")
LEGS = ("tubes.courier", "tubes.result")


def _facts(rows):
    said = (*FACT, "number", "organisation")
    told = [dict(zip(said, row, strict=True)) for row in rows.values_list(*said)]
    return [Fact(*(one[name] for name in FACT)) for one in told if not incomplete(one["kind"], one)]


def _values(story, names):
    found = {name: getattr(story, name) for name in names}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _bags(apps, schema_editor):
    old, new, event, deadline = (
        apps.get_model(*path)
        for path in (("tubes", "Bag"), ("tubes", "BagOfARound"), ("tubes", "TubeEvent"), ("core", "Deadline"))
    )
    named = event.objects.exclude(bag="").order_by()
    points = dict.fromkeys(named.values_list("round_id", "bag").distinct())
    for *key, point in named.exclude(point=None).values_list("round_id", "bag", "point_id").distinct():
        points[tuple(key)] = point
    for (round_id, code), point in sorted(points.items(), key=lambda item: (str(item[0][0]), item[0][1])):
        story = story_of_bag(_facts(event.objects.filter(round_id=round_id, bag=code, tube="")))
        new.objects.create(id=new_id(), code=code, round_id=round_id, point_id=point, **_values(story, BAG))
    for row in old.objects.iterator():
        if (row.round_id, row.code) not in points:  # no fact names it any more than before; it is kept
            kept = {name: getattr(row, name) for name in BAG}
            new.objects.create(id=new_id(), code=row.code, round_id=row.round_id, point_id=row.point_id, **kept)
    homes = dict(old.objects.values_list("code", "round_id"))
    legs = deadline.objects.filter(subject_type="tubes.bag")
    for code in list(legs.values_list("subject_id", flat=True).distinct()):
        found = new.objects.filter(round_id=homes.get(code), code=code).first()
        if found is not None:
            legs.filter(subject_id=code).update(subject_id=str(found.id))


def _tubes(apps, schema_editor):
    """What was told in another round than the tube's is a question there, not a part of its story."""
    trail, event = apps.get_model("tubes", "Trail"), apps.get_model("tubes", "TubeEvent")
    homes = trail.objects.filter(code=OuterRef("tube")).values("round_id")
    elsewhere = event.objects.exclude(tube="").annotate(home=Subquery(homes)).exclude(home=F("round_id"))
    for code in sorted(set(elsewhere.values_list("tube", flat=True))):
        row = trail.objects.filter(code=code).first()
        if row is not None:
            story = story_of_tube(_facts(event.objects.filter(round_id=row.round_id, tube=code)))
            trail.objects.filter(code=code).update(**_values(story, TUBE))


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0003_journal_filters"),
        ("tubes", "0002_results"),
    ]

    operations = [
        migrations.AddField("trail", "slip_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="BagOfARound",
            fields=[
                ("id", models.UUIDField(default=lazaretto.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(db_index=True, max_length=40)),
                ("state", models.CharField(choices=[("open", "being filled"), ("closed", "closed at the table"), ("under_way", "with the courier"), ("arrived", "at the laboratory's door"), ("received", "with the laboratory")], default="open", max_length=10)),
                ("closed_at", models.DateTimeField(null=True)),
                ("said_tubes", models.PositiveIntegerField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
                ("holder", models.CharField(blank=True, max_length=80)),
                ("arrived_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("laboratory", models.CharField(blank=True, max_length=80)),
                ("counted", models.PositiveIntegerField(null=True)),
                ("doubts", models.JSONField(default=list)),
                ("point", models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="screening.point")),
                ("round", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="screening.round")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["round", "code"], name="bag_once"),
                    models.CheckConstraint(condition=~models.Q(code=""), name="bag_has_code"),
                    models.CheckConstraint(
                        condition=models.Q(state__in=["open", "closed"], left_at__isnull=True, arrived_at__isnull=True)
                        | models.Q(state="under_way", left_at__isnull=False)
                        | models.Q(state="arrived", arrived_at__isnull=False)
                        | models.Q(state="received", received_at__isnull=False),
                        name="bag_state_has_time",
                    ),
                ],
            },
        ),
        migrations.RunPython(_bags, migrations.RunPython.noop),
        migrations.RunPython(_tubes, migrations.RunPython.noop),
        migrations.DeleteModel("Bag"),
        migrations.RenameModel("BagOfARound", "Bag"),
    ]
