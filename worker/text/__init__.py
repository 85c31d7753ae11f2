"""Letters and words as readers see them. Pure."""
