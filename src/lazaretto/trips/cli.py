"""Commands of the terminal program: measuring how trips are planned."""

from lazaretto.core import cli
from lazaretto.core.cli import gettext as _


def register(commands: cli.Commands) -> None:
    """Declare them; imported before Django is set up."""
    bench = cli.add_command(
        cli.add_group(commands, "bench", summary=_("Measure this installation")),
        "trips",
        run="lazaretto.trips.bench:bench_trips",
        summary=_("Measure planning trips: how soon, and how far above what is proven necessary"),
        django=False,
    )
    bench.add_argument("--people", type=int, default=200, metavar="N", help=_("people to be fetched at their doors"))
    bench.add_argument("--vehicles", type=int, default=6, metavar="N", help=_("vehicles with a driver each"))
    bench.add_argument("--seconds", type=float, default=6.0, metavar="S", help=_("how long the solver may search"))
    cli.add_json(bench)
