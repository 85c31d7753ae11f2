"""`steppewatch doctor`: in each module something looks at the machine, and something pure judges what was seen."""
