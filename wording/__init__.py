"""Every sentence and number format, once; knows no screen."""
