"""The figures and pictures in the documents that depend on the default model's weights."""
