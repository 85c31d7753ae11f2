"""Evaluation of a query on an article: whether it holds, where its words stand, and why it matches or does not."""
