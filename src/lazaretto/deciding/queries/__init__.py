"""Reads of what is to be decided, within what an actor may see. Never writes."""
