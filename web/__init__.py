"""The web: pages for readers, the reading API, and the pages that messages link to."""
