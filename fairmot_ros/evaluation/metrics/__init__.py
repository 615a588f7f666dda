"""Tracking metrics: CLEAR MOT, identity metrics and HOTA, and what they are computed from."""
