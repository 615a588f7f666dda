"""Conversion between messages and arrays."""
