"""The demo's own small web: invented outlets on loopback addresses, and the script by which they change."""
