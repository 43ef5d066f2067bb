"""What was true on a day, as the log knew it at a position: the mathematics, the tables, and what keeps them in step with the log.

`timeline` is pure; `read_model` the tables; `decoded_log` the log itself, readable, and `reading` reads it once for all views; `clocks`
says which pair of clocks a reader may ask for, and `catch_up` applies what is new. `rebuild` builds all of it again: the same rows.
"""
