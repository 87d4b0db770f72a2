"""Pages of stays, by topic."""
