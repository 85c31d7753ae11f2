"""The language of a text: its script and letters, its common words, a detector, and what is declared. Pure."""
