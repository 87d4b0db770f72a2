"""Django's PostgreSQL backend without the question before every request, and with locks to read; see `base`."""

# Stands for `no_key` of `select_for_update`: others may lock the row so too, nobody may write it.
SHARED = "shared"
