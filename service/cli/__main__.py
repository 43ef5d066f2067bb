"""`python -m service.cli` is `muniment`."""

from service.cli import main

main()
