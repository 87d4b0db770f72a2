"""Which enterprise comes to which test point of a round, and when; who has been told; what the points need."""
