"""The verbs of a return, and what they look up across the log."""

from service.verbs.returns.verbs import ReturnVerbs

__all__ = ["ReturnVerbs"]
