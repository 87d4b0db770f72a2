"""What the commands of orders are called in the journal."""
