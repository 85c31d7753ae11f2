"""The web: the status page, and the pages that messages link to."""
