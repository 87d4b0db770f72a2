"""Readers of what is written about a person; `people.rules` re-exports the public names."""
