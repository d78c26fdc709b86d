"""The door: the visitor API, sessions, the message log."""
