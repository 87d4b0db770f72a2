"""Mass testing: rounds with a frozen roster, points, what phones captured, coverage."""
