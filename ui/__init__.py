"""What pages share: map layers, palettes, tables, number formats, downloads."""
