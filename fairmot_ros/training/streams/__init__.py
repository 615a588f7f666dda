"""Streams of training samples: composed samples, whole images, canvases of people."""
