"""Facts of languages, each from a file of the vocabulary: endings, given names, capitals, states of one character."""
