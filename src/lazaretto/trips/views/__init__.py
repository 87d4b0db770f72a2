"""Pages of trips, by topic."""
