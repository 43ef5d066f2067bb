"""The Board's training, on any day as known on any day; one file a question.

`sessions` what each session was and how it was evaluated, `evaluation` its five points, `courses` those of each course's sessions,
`programme` which formats have a live course and because of what, `falling_due` who is to be asked today what came of it, `attended` where
one person was, and when everybody last came.
"""

from projections.training.attended import Attended, attended
from projections.training.courses import CourseEvaluation, Held, as_counted, evaluated_courses, held
from projections.training.evaluation import Cpd, PointRow, Yearly, cpd, points
from projections.training.falling_due import FollowUpDue, follow_ups_due
from projections.training.programme import FormatRow, programme
from projections.training.sessions import SessionLine, SessionRow, Sessions, lines, of_agency, of_trainer, session, sessions

__all__ = [
    "Attended",
    "CourseEvaluation",
    "Cpd",
    "FollowUpDue",
    "FormatRow",
    "Held",
    "PointRow",
    "SessionLine",
    "SessionRow",
    "Sessions",
    "Yearly",
    "as_counted",
    "attended",
    "cpd",
    "evaluated_courses",
    "follow_ups_due",
    "held",
    "lines",
    "of_agency",
    "of_trainer",
    "points",
    "programme",
    "session",
    "sessions",
]
