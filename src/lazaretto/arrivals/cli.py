"""Commands of the terminal program: importing lists of people, and measuring how fast that is."""

from lazaretto.core import cli
from lazaretto.core.cli import gettext as _

TERMINAL = "lazaretto.arrivals.terminal"


def register(commands: cli.Commands) -> None:
    """Declare them; imported before Django is set up."""
    group = cli.add_group(commands, "import", summary=_("Bring lists in"))
    arrivals = cli.add_command(
        group,
        "arrivals",
        run=f"{TERMINAL}:import_arrivals",
        summary=_("Try a list of people on their way to a site, and bring them in if asked"),
    )
    arrivals.add_argument("file", metavar="FILE", help=_("xlsx, xls, csv or tab-separated text"))
    arrivals.add_argument("--site", required=True, metavar="CODE", help=_("the site they are coming to"))
    arrivals.add_argument(
        "--category", default="", metavar="NAME", help=_("whose list it is; else the site's category")
    )
    arrivals.add_argument(
        "--commit",
        action="store_true",
        help=_("make or match the people of all ready rows; without it nothing is stored"),
    )
    arrivals.add_argument("--strict", action="store_true", help=_("fail when a row is held or a total does not match"))
    cli.add_json(arrivals)
    bench = cli.add_command(
        cli.add_group(commands, "bench", summary=_("Measure this installation")),
        "import",
        run="lazaretto.arrivals.bench:bench_import",
        summary=_("Measure staging and committing a list of 20,000 people in a database made for it"),
    )
    bench.add_argument("--rows", type=int, default=20_000, metavar="N", help=_("people in the list"))
    cli.add_json(bench)
