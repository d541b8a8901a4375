"""What stands before the pages on a server: who may ask, what is answered, and what is noted."""
