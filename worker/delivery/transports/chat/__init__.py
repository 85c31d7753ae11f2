"""Chats: addresses, markup and requests of the services with a fixed host."""
