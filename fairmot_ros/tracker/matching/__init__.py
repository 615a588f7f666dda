"""Detections of a frame matched to tracks: candidate pairs, costs, assignment."""
