"""Chats: their addresses, their markup, their texts, and the requests of each service. Pure."""
