"""Tables of trips."""
