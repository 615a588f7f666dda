"""MOTChallenge files: result and ground-truth text, classes, sequences on disk."""
