"""The verbs of a training session: `acts` what the offices decide, `taking_part` what participants say by their links.

`rests_on` finds what these decisions rest on beside the session: its trainers, their yearly CPD, and the checkpoint that fixes a draw.
"""

from service.verbs.training.taking_part import TakingPart as TrainingVerbs

__all__ = ["TrainingVerbs"]
