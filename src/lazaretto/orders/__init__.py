"""Transfer orders and requests for an exception."""
