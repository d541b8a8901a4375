"""Travel times from every home to services on real streets (origins, destinations and travel-time matrices)."""
