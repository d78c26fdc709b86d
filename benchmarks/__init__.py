"""Measurements. Each prints a table and writes it to results/."""
