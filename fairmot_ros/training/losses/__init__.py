"""Training targets and losses of all architectures."""
