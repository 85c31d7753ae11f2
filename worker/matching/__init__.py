"""Which subscriptions an article, a burst or a silence answers, and what of that is news."""
