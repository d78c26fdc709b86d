"""The staff console: what visitors asked, read, reviewed and corrected. docs/console.md tells how it is used."""
