"""The training loop and its parts: construction, schedule, weight average, logs, processes."""
