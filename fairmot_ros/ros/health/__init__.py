"""What a node reports about itself: statistics, diagnostics, reasons for missing input."""
