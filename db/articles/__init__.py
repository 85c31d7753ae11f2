"""Articles, their texts and mentions, the filters of lists and exports, and the index of their words."""
