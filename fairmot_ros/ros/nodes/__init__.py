"""Tracking nodes: common base, lifecycle, services, reports, and running a node."""
