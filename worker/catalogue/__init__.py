"""The source catalogue: outlets and their feeds as reviewable files, and their import into the database."""
