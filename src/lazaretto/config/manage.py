"""Django's own management commands: python -m lazaretto.config.manage …"""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one of Django's management commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lazaretto.config.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
