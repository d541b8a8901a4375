"""Saved scenarios in a database: every save a version, nothing overwritten."""
