"""The report of a year, and what anybody may read of the Board's work without an account.

`report` is the draft, for the Board's own offices; `public` what is published. Both show the same document (`shown`), as HTML and as PDF
(`pdf`); `editions` are what was signed.
"""
