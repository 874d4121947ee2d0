"""One composer a kind of question: `compose(case) -> Draft`. Pure."""
