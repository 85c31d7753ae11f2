"""Collection: outlets, feeds and pages, the captures that crawlers leave for the workers, and leases of hosts."""
