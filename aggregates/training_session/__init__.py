"""A training session: one delivered learning event and its five-point evaluation."""

from aggregates.training_session.aggregate import TrainingSession

__all__ = ["TrainingSession"]
