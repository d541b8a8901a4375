"""One adapter per publisher: reads its native files and says exactly what is wrong with them."""
