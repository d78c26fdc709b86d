"""The views of the Chat API, one resource a file."""
