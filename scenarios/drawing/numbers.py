"""Numbers as a plot or a report shows them: few figures, and no more than they deserve."""

import math


def short(value: float, _position: float | None = None) -> str:
    """Return a number to three figures, with k, M or bn: `1.24M`, `−40`; an axis can have it as formatter."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞" if value > 0 else "−∞"
    size, unit = next(
        (
            (abs(value) / unit, name)
            for unit, name in ((1e9, "bn"), (1e6, "M"), (1e3, "k"))
            if abs(value) >= 0.9995 * unit
        ),
        (abs(value), ""),
    )
    text = f"{float(f'{size:.3g}'):g}{unit}"
    return f"−{text}" if value < 0 and text != "0" else text


def ratio(value: float) -> str:
    """Return a ratio with two decimals; from a hundred on to three figures."""
    if not abs(value) < 99.995:
        return short(value)
    text = f"{abs(value):.2f}"
    return f"−{text}" if value < 0 and text != "0.00" else text


def year(value: float) -> str:
    """Return a year as people write it: without a sign between its thousands.

    Examples
    --------
    >>> year(2035.0)
    '2035'
    """
    return f"{value:.0f}"
