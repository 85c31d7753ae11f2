"""Ways to collect from an outlet, found from its front page: feeds, sitemaps, section pages."""
