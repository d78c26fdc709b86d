"""Commands of the handoff, one a file."""
