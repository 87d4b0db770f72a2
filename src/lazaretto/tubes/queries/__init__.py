"""Reads of tubes, bags, results and balances, within what an actor may see. Never writes."""
