"""Teachers: pre-trained networks that complete the labels of training sets (OpenVINO)."""
