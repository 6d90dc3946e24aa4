"""`python -m bill2bill`: the command line."""

from bill2bill.admin.cli import main

main()
