def combined(functions, constraints, variables):
    raise NotImplementedError
