"""Commands of the terminal program: headcounts brought in from files of any size."""

from lazaretto.core import cli
from lazaretto.core.cli import gettext as _


def register(commands: cli.Commands) -> None:
    """Declare them; imported before Django is set up."""
    headcount = cli.add_command(
        cli.add_group(commands, "import", summary=_("Bring lists in")),
        "headcount",
        run="lazaretto.headcounts.terminal:import_headcount",
        summary=_("Read a headcount of enterprises, and take it in if asked"),
    )
    headcount.add_argument("file", metavar="FILE", help=_("xlsx, xls, csv or tab-separated text"))
    headcount.add_argument("--unit", required=True, metavar="CODE", help=_("the unit whose area they are in"))
    headcount.add_argument(
        "--organisation", default="", metavar="NAME", help=_("whose list it is, where lines do not say")
    )
    headcount.add_argument(
        "--kind", choices=("enterprise", "community", "none"), default="enterprise",
        help=_("whom it names: employees, residents, or people without an employer in the area"),
    )  # fmt: skip
    headcount.add_argument(
        "--complete", action="store_true", help=_("whoever of its enterprises is not on it has left")
    )
    headcount.add_argument("--commit", action="store_true", help=_("take in all ready lines; else it is laid out only"))
    cli.add_json(headcount)
    contacts = cli.add_command(
        cli.add_group(commands, "import", summary=_("Bring lists in")),
        "contacts",
        run="lazaretto.headcounts.terminal:import_contacts",
        summary=_("Read who answers for each enterprise"),
    )
    contacts.add_argument("file", metavar="FILE", help=_("xlsx, xls, csv or tab-separated text"))
    contacts.add_argument("--unit", required=True, metavar="CODE", help=_("the unit whose area they are in"))
    cli.add_json(contacts)
