"""What holds the project to its promises before a start and before a commit."""
