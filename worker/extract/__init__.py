"""Bytes → title, text, author, date, language. Pure: no network, no database."""
