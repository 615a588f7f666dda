"""Conversion between ROS messages, image arrays and tracks."""
