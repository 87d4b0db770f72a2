"""People go from one place to another: signed out, under way with a deadline, signed in one by one."""
