"""Training datasets: readers, labels of teachers, mixing, packing and conversion."""
