"""Commands for the engineer, one a file."""
