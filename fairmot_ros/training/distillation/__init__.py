"""Distillation from teacher networks: pseudo-labels and the person bank."""
