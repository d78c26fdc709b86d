"""The action server: one action in each file."""
