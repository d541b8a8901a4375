"""What a plan changes: sites, paths and sessions added, moved or closed, and who gains and loses."""
