"""Jobs: polling a feed or fetching a page, when to do it again, and what follows from the answer."""
