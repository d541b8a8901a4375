"""Work that takes seconds, done in processes of its own; it knows of no screen."""
