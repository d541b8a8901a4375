"""Geography: area packs, boundaries, street network, snapping, services, and the places that people type or click."""
