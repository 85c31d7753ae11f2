"""What all pages and the API share: the store, parameters, answers in several formats, addresses, errors."""
