"""Commands of the privacy."""
