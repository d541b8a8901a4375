"""One's own data: files and pasted rows that a user gives, read, checked row by row, and never half done."""
