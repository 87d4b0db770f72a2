"""Pages of points and the phone's own doors."""
