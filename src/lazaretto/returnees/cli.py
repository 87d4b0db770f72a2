"""Commands of the terminal program: lists of returnees brought in."""

from lazaretto.core import cli
from lazaretto.core.cli import gettext as _


def register(commands: cli.Commands) -> None:
    """Declare them; imported before Django is set up."""
    returnees = cli.add_command(
        cli.add_group(commands, "import", summary=_("Bring lists in")),
        "returnees",
        run="lazaretto.returnees.terminal:import_returnees",
        summary=_("Read an agency's list of people back from risk areas, and take it in if asked"),
    )
    returnees.add_argument("file", metavar="FILE", help=_("xlsx, xls, csv or tab-separated text"))
    returnees.add_argument("--area", required=True, metavar="CODE", help=_("the unit whose area they came back to"))
    returnees.add_argument(
        "--agency",
        required=True,
        metavar="NAME",
        help=_("who sent it: big_data, police, railway, airline, coach, community, self_report, or any other name"),
    )
    returnees.add_argument("--declared", type=int, metavar="N", help=_("how many people the agency says are on it"))
    returnees.add_argument(
        "--commit", action="store_true", help=_("make cases of all ready lines; else it is laid out only")
    )
    cli.add_json(returnees)
