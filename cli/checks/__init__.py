"""What `steppewatch doctor` looks at. In each module something looks, and something pure judges what was seen."""
