"""Pages of mass testing."""
