"""`python -m bot.doors.cli`: the console script by another name."""

from bot.doors.cli import main

main()
