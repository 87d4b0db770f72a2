"""Pages of tubes and results."""
