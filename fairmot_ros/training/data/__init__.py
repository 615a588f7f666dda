"""Training sets: readers, pseudo-labels, sets put together, streams of samples."""
