"""Reads of returnees, within what an actor may see. Never writes."""
