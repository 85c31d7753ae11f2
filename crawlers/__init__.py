"""Collection: feeds and pages in, captures out. Everything that is fetched passes through here."""
