"""Targets and losses of all architectures."""
