"""Score thresholds of the default association."""
