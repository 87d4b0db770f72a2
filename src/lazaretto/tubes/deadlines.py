"""Until when each leg of a tube's way is due, and who is told when it is not."""
