"""What somebody must decide, over all rounds of testing: one list with owners."""
