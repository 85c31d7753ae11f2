"""Articles, their texts and addresses, and the index of their words."""
