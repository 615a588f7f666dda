"""Training of the networks: data, targets, losses and the loop."""
