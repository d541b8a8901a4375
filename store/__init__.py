"""The store (database): scenarios in versions, bookmarks, and summaries of area packs; nothing is overwritten."""
