"""The page of this server: how it is doing, and what is taken away for good."""
