"""What the commands of objections are called in the journal."""
