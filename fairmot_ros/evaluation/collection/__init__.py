"""Evaluation of many bags: one job and one report for each bag, and an overview of all."""
