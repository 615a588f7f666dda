"""Training: datasets, sample streams, losses, the training loop, scoring, ablations."""
