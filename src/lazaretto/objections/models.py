"""Tables of objections."""
