"""How good the two halves of a network are, each by itself: detection and embedding."""

from fairmot_ros.training.scoring.detection import score_detection
from fairmot_ros.training.scoring.embedding import score_embedding

__all__ = ['score_detection', 'score_embedding']
