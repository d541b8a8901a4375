"""The page of people: their roles and teams, and the log of changes."""
