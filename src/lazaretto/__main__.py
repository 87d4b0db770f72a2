"""`python -m lazaretto` is the same as `lazaretto`."""

import sys

from lazaretto.config.cli import main

sys.exit(main())
