"""`steppewatch source`: outlets and their feeds, one module per verb."""
