"""The ways a message leaves: each sends one, and says how that went."""
