"""Training samples: pasted people, augmentation, image degradation."""
