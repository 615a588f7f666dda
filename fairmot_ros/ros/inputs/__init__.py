"""Subscriptions to images, calibration and depth."""
