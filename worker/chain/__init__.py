"""What comes into the chain: inputs of all kinds, and what a person says of them."""
