"""Reads across apps: figures of all sites, names behind a figure, alarms and deadlines, search."""
