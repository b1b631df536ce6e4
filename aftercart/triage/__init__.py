"""Taking a message in: what is known of who wrote it, what it says, where it belongs."""
