"""How the coverage changes over time: periods and series. Pure."""
