"""What may be read about stays."""
