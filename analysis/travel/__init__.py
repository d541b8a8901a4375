"""How long every home travels, on real streets (origins, destinations and travel-time matrices)."""
