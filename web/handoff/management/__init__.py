"""Commands of the handoff."""
