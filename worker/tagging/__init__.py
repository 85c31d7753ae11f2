"""Text → mentions of the vocabulary, with true offsets. Pure."""
