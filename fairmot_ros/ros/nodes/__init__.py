"""The tracking nodes, their base, services and process."""
