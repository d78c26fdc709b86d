"""Bad input of every kind, sent to the real door and to the parts that read words. ``make fuzz`` runs it."""
