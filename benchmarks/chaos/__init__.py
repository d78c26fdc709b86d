"""Faults played on the real parts: what the visitor sees, what the log holds, how the staff learn of it.

``make chaos`` runs it.
"""
