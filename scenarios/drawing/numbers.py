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


def percent(share: float) -> str:
    """Return a share as a whole percentage; never 0 % or 100 % for what only comes close.

    Examples
    --------
    >>> percent(0.004), percent(0.31), percent(0.999), percent(1.0)
    ('<1 %', '31 %', '>99 %', '100 %')
    """
    if 0 < share < 0.005:
        return "<1 %"
    if 0.995 < share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"


def signed(value: float) -> str:
    """Return a judgement with its sign, to three decimals: `+2`, `−0.667`.

    Examples
    --------
    >>> signed(2.0), signed(-2 / 3)
    ('+2', '−0.667')
    """
    return f"{round(value, 3):+g}".replace("-", "−")


def year(value: float) -> str:
    """Return a year as people write it: without a sign between its thousands.

    Examples
    --------
    >>> year(2035.0)
    '2035'
    """
    return f"{value:.0f}"
