"""`steppewatch source`: outlets and their feeds."""
