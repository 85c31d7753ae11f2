"""The data directory: signs of life, and whether its disk has room."""
