"""Views of the handoff: the visitor's address, and the staff's pages."""
