"""Adapters for data sources, one for each publisher: they read its own files and report exactly what is wrong."""
