"""Identities across cameras: two cameras from one sequence, cost, and an hour of visitors."""
