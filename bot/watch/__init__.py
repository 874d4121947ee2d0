"""Answers that change are told again, where they were given.

    answers and decisions -> adopted as watches -> facts or the day moved? -> decided, or looked up, again
      -> compared with what was last told -> one alert a thread, in the outbox together with what is now told

`service` is the pass, `world` the facts of a day, `outcome` and `stands` what is remembered of a decision and of an
answer, `moved` and `facts_moved` what differs, `ahead` what will differ on a date, `acts` what people may do about it.
"""
