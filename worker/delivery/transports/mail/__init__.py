"""Mail: letters composed and handed to a mail server."""
