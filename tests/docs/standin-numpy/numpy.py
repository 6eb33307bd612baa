"""Stands in for numpy where it is not installed: as much of it as the example uses."""

float32 = float


def array(values, dtype=float):
    return [dtype(value) for value in values]


def zeros(count, dtype=float):
    return [dtype(0)] * count
