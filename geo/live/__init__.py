"""Fetching the sources of a pack from their publishers' own services."""
