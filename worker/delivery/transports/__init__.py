"""The transports of messages: one folder each, and one table of them all."""
