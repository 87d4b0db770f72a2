"""SQLite in memory."""
