"""What screen and paper share: palette, base map, geometry as JSON, static files and sheets."""
