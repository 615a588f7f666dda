"""Generators of reference pages and the hook that builds the documentation's site."""
