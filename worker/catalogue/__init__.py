"""The source catalogue: outlets and their feeds as reviewable files, and how they come into the store."""
