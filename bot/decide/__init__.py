"""Decisions with their record: a use case in, a report out, kept with everything it was made of.

from bot.decide.service import Decider, Place
report = Decider(store).decide(use_case, question="open or closed?")
"""
