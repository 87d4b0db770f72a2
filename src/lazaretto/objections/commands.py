"""Writes of objections."""
