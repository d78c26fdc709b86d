"""Whether the assistant bears hours at full work, and a flood. ``make soak`` runs it."""
