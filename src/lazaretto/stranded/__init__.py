"""People found stranded, and households left without care: with a clock, a place, food, and somebody who owns it."""
