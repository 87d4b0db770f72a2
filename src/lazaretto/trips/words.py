"""What the commands of trips are called in the journal."""
