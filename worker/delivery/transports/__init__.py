"""The ways a message leaves: one folder a transport, and one table of them all."""
