"""One's own data: give a file or rows, see what was read, decide, keep it, and use it."""
