"""Tracking metrics: HOTA, CLEAR MOT and identity metrics, with preprocessing by benchmark."""
