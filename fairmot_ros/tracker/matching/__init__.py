"""Matching of detections to tracks: candidate pairs, costs, assignment."""
