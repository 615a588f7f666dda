"""Files made of tracked frames, one module per kind."""
