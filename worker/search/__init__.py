"""Reading what is stored, by the names, days and filters that people write: for commands, pages and the API alike."""
