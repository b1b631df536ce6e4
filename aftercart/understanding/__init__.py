"""What a text says: its language, what it is about, the numbers in it, wishes and danger. No tables, no network."""
