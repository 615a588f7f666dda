"""Teachers: pre-trained networks, run with OpenVINO, that write pseudo-labels of datasets."""
