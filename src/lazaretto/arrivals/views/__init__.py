"""Pages of arrivals, by topic."""
