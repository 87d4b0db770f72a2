"""Reads of trips, within what an actor may see. Never writes."""
