"""When everybody of an area is tested again, and whether rounds keep their time."""
