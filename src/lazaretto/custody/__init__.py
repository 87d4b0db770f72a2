"""Where everyone in our care is, since when, held by whom: derived from append-only facts."""
