"""Synthesis of training samples: composition, distractors, augmentation, image degradation."""
