"""Training steps of networks, written for each peer as its users would write them."""
