"""`steppewatch doctor`: each module has a function that inspects the machine and a pure one that judges the result."""
