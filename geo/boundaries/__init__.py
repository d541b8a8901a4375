"""Boundaries of wards and small areas: load, validate, look up, generalise."""
