"""Text files → articles: labels at the top, by-lines, and the lower part of a saved page. Pure."""
