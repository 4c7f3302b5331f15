"""Measured claims: programs that put numbers to what the documentation says."""
