"""Wards and small areas: load, validate, look up, generalise."""
