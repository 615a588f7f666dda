"""Distillation of teacher networks: pseudo-labels, and the person bank for the embedding."""
