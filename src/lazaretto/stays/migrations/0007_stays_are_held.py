from django.db import migrations

from lazaretto.core.ids import new_id

PIECE = 2_000


def hold(apps, schema_editor):
    """Every stay so far becomes facts: taken in, and let go when it ended by release, death or mistake.

    Whoever went to hospital or was transferred has no destination on record; they left our sight there.
    """
    Stay = apps.get_model("stays", "Stay")
    Fact = apps.get_model("custody", "Fact")
    Holding = apps.get_model("custody", "Holding")
    last = None
    while True:
        stays = Stay.objects.all() if last is None else Stay.objects.filter(pk__gt=last)
        piece = list(stays.order_by("pk").values_list("pk", "person_id", "site_id", "started_at", "ended_at")[:PIECE])
        if not piece:
            return
        last = piece[-1][0]
        facts, holdings = [], []
        for _stay, person, site, started_at, ended_at in piece:
            if ended_at is not None and ended_at <= started_at:
                continue
            came = Fact(
                id=new_id(), person_id=person, kind="taken_in", site_id=site, occurred_at=started_at, recorded_at=started_at
            )
            facts.append(came)
            holdings.append(
                Holding(
                    id=new_id(), person_id=person, site_id=site, fact_id=came.id, started_at=started_at, ended_at=ended_at
                )
            )
            if ended_at is not None:
                facts.append(
                    Fact(
                        id=new_id(), person_id=person, kind="let_go", site_id=site, occurred_at=ended_at,
                        recorded_at=ended_at,
                    )
                )  # fmt: skip
        Fact.objects.bulk_create(facts, batch_size=500)
        Holding.objects.bulk_create(holdings, batch_size=500)


class Migration(migrations.Migration):
    """Where everyone is, is said by custody from now on."""

    dependencies = [("stays", "0006_excuses_from_tests"), ("custody", "0002_guards")]
    operations = [migrations.RunPython(hold, migrations.RunPython.noop)]
