"""An article becomes claims, and each claim is held against dated facts.

::

    text -> sentences (headings, promotion and references set apart) -> clauses read (sides, names, numbers, words of
    scope) -> judges (one a kind of comparison) -> findings -> verdicts with evidence for and against -> CheckReport

Pure: nothing here opens anything or reads a clock. `service` stands around it. A judge that does not recognise its
comparison stays silent, and what no judge recognises is unverifiable.
"""
