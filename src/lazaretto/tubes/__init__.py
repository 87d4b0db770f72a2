"""Tubes from the table to the laboratory, their results, and when a round may close."""
