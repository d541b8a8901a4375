"""What has changed: vintages of a measure, services then and now, one pack against another."""
