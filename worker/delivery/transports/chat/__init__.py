"""Chats: addresses, markup and requests of the services whose host the vendor fixes."""
