"""Scenarios: sites, paths and sessions added, moved or closed, and who gains or loses reach by them."""
