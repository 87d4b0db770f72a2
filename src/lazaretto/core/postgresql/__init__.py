"""Django's PostgreSQL backend without the question before every request; see `base`."""
