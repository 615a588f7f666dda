"""What the stages of a frame must cost at least here, what they cost, and the drift."""
