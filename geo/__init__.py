"""Where things are: area packs, street network, snapping, places."""
