"""What the commands of cases are called in the journal."""
