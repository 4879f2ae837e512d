"""The conditions, by where their sets come from; ``search.table`` lists them."""
