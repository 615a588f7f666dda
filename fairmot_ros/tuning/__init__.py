"""Tuning: a search for settings of the association on recordings with ground truth."""
