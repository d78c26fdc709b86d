"""What keeps personal data out of the log, and out of everything once its time is over. docs/privacy.md."""
