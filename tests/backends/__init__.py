"""The database backends of the tests: as the real ones, but a test database is copied, not migrated (`tests.made`)."""
