"""The decision engine: pure and seeded. It knows values and errors, no store, no clock, no language model.

use case + options as of a day -> filters -> cost -> value -> uncertainty -> verdict
"""
