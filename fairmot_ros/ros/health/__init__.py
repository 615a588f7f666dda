"""Node health: statistics, diagnostics, and the diagnosis of missing or unprocessed input."""
