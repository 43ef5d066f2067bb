"""The review tracker: where each review stands, on any day as known on any day, which clock runs, and what stops it closing.

`view` is the table, `rows` what a reader gets, `reading` how it is asked for.
"""

from projections.reviews.reading import actions_of, concerning, led_by, review, reviews, titles, tracker
from projections.reviews.rows import ClockRow, ReviewRow, Tracked
from projections.reviews.view import Reviews

__all__ = ["ClockRow", "ReviewRow", "Reviews", "Tracked", "actions_of", "concerning", "led_by", "review", "reviews", "titles", "tracker"]
