"""Benchmarks: how long the parts take on this machine, beside a fixed workload."""
