"""Lazaretto: running an outbreak response on the ground."""

__version__ = "0.1.0"
