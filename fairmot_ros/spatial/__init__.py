"""Positions in metres: transforms between frames, and a filter of people's positions; no ROS."""
