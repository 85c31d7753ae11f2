"""Chats: their addresses, their markup, what is written into them and how each service is asked to take it. Pure."""
