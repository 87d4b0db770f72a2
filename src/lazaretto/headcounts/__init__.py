"""Headcounts: who belongs to which enterprise or community, and where they sleep."""
