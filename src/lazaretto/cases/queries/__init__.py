"""Reads of changes of status, within what an actor may see. Never writes."""
