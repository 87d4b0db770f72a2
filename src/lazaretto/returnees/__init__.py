"""Screening of people who came back from risk areas (排查): every line of every list ends in somebody's hands."""
