"""Answers on two clocks: what was the case on a day, as the log knew it at a position.

`timeline` is the mathematics, pure; `read_model` the tables; `decoded_log` the log itself, readable; then one file a question
(`inspection_history`, `action_register`, `partnership`, `reviews`). `clocks` says which pair of clocks a reader may ask for, and
`catch_up` keeps everything in step with the log. All of it can be built again from the log, and gives the same rows.
"""
