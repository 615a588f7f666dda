"""Evaluation runs: plan, ground truth, tracking, scores."""
