"""The web side: all that faces the internet. Its own environment (Python 3.12); uses ``safety/`` of the root."""
