"""Commands that run the service, and those that look after it while it runs."""
