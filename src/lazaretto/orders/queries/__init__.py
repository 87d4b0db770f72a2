"""Reads of orders, within what an actor may see. Never writes."""
