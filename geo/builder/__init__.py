"""The parts of the builder: levels, homes, counts, services and streets, each from the files that a recipe names."""
