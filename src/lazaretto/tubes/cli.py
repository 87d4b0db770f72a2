"""Commands of the terminal program: results of laboratories."""

from lazaretto.core import cli
from lazaretto.core.cli import gettext as _


def register(commands: cli.Commands) -> None:
    """Declare them; imported before Django is set up."""
    results = cli.add_command(
        cli.add_group(commands, "import", summary=_("Bring lists in")),
        "results",
        run="lazaretto.tubes.terminal:import_results",
        summary=_("Read results of a laboratory, and take them in if asked"),
    )
    results.add_argument("file", metavar="FILE", help=_("xlsx, xls, csv or tab-separated text"))
    results.add_argument("--round", required=True, metavar="ID", help=_("the round of testing, by its id"))
    results.add_argument("--laboratory", required=True, metavar="CODE", help=_("whose results they are"))
    results.add_argument("--recheck", action="store_true", help=_("they are the second stage: rechecks of positives"))
    results.add_argument("--all-negative", action="store_true", help=_("the laboratory says that all are negative"))
    results.add_argument("--commit", action="store_true", help=_("take in what is ready; else it is laid out only"))
    cli.add_json(results)
