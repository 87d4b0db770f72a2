"""Changes of status."""
