"""Panels of the Ward map page (who lives here, and where need is)."""
