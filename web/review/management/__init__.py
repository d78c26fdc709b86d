"""Commands for the engineer."""
