"""What may be read about arrivals."""
