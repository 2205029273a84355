"""Numbers as readers see them: the only place where a figure is rounded.

A figure is shown with no more digits than its interval earns, and always with the interval. The unit and the
parts of a number are held together by no-break spaces.
"""

from __future__ import annotations

NO_BREAK = "\u00a0"
THIN = "\u202f"
UNDEFINED = "not defined"
ALMOST_NONE = "almost none"


def people(number: int) -> str:
    """A count with thin no-break spaces between thousands: "7 214"."""
    return f"{number:,}".replace(",", THIN)


def percent(value: float | None, low: float | None, high: float | None) -> str:
    """A rate with its interval: "44.8 % (42.6 to 47.2)", or "not defined"."""
    if value is None:
        return UNDEFINED
    digits = decimals(low, high, 100)
    shown = f"{100 * value:.{digits}f}{NO_BREAK}%"
    return shown + _interval(low, high, 100, digits)


def percent_alone(value: float | None, digits: int = 0) -> str:
    """A rate without its interval, for an axis or a label beside one: "45 %"."""
    return UNDEFINED if value is None else f"{100 * value:.{digits}f}{NO_BREAK}%"


def points(value: float | None, low: float | None, high: float | None) -> str:
    """A difference of two rates: "21.4 points higher (18.2 to 24.5)".

    Where the interval reaches both sides of zero: "1.2 points higher (from 3.1 lower to 5.4 higher)".
    """
    return _difference((value, low, high), 100, decimals(low, high, 100), "point")


def area(value: float | None, low: float | None, high: float | None) -> str:
    """An area under the curve: "0.69 (0.67 to 0.71)", or "not defined"."""
    if value is None:
        return UNDEFINED
    digits = max(decimals(low, high, 10), 2)
    return f"{value:.{digits}f}" + _interval(low, high, 1, digits)


def area_difference(value: float | None, low: float | None, high: float | None) -> str:
    """A difference of two areas under the curve: "0.06 higher (0.01 to 0.10)"."""
    return _difference((value, low, high), 1, max(decimals(low, high, 10), 2), "")


def number(value: float | None, low: float | None, high: float | None) -> str:
    """Any other number with its interval: "24.3 (24.1 to 24.5)", or "not defined"."""
    if value is None:
        return UNDEFINED
    digits = _off_zero(low, high, 1, number_digits(value, low, high))
    return f"{value:,.{digits}f}".replace(",", THIN) + _interval(low, high, 1, digits)


def number_difference(value: float | None, low: float | None, high: float | None) -> str:
    """A difference of two such numbers: "15.9 higher (15.5 to 16.2)"."""
    digits = 2 if value is None else number_digits(value, low, high)
    return _difference((value, low, high), 1, digits, "")


def number_digits(value: float, low: float | None, high: float | None) -> int:
    """How many digits after the point such a number earns, whatever its size is."""
    if low is None or high is None:
        return 0 if abs(value) >= 100 else 2
    half = (high - low) / 2
    return next((digits for digits, least in enumerate((5, 0.5, 0.05, 0.005)) if half >= least), 4)


def times(value: float | None, low: float | None, high: float | None) -> str:
    """A ratio of two rates: "1.9 times (1.7 to 2.1)", or "not defined".

    0 is no number of times: "none (up to 12 times)".
    """
    if value is None:
        return UNDEFINED
    if value == 0:
        return "none" if high is None else f"none (up to {high:.{_ratio_digits(low, high)}f}{NO_BREAK}times)"
    digits = ratio_digits(value, low, high)
    return f"{value:.{digits}f}{NO_BREAK}times" + _interval(low, high, 1, digits)


def times_alone(value: float, low: float | None, high: float | None) -> str:
    """A ratio without its interval, with the digits that the interval earns: "1.9 times"."""
    return f"{value:.{ratio_digits(value, low, high)}f}{NO_BREAK}times"


def ratio_digits(value: float, low: float | None, high: float | None) -> int:
    """How many digits after the point a ratio earns; one more where it would show as 0."""
    digits = _ratio_digits(low, high)
    return digits if value == 0 or round(value, digits) else digits + 1


def decimals(low: float | None, high: float | None, scale: float) -> int:
    """How many digits after the point an interval earns when it is shown multiplied by ``scale``.

    The last digit shown is worth about a tenth of half the interval, and never less than that.
    """
    if low is None or high is None:
        return 0 if scale > 1 else 2
    half = (high - low) / 2 * scale
    return next((digits for digits, least in ((0, 5), (1, 0.5), (2, 0.05)) if half >= least), 3)


def _ratio_digits(low: float | None, high: float | None) -> int:
    if low is None or high is None:
        return 1
    half = (high - low) / 2
    return next((digits for digits, least in ((0, 2), (1, 0.1)) if half >= least), 2)


def _off_zero(low: float | None, high: float | None, scale: float, digits: int) -> int:
    """These digits; one more where an interval that leaves 0 out would be shown as touching it."""
    if low is None or high is None or low <= 0 <= high:
        return digits
    return digits if float(f"{scale * min(abs(low), abs(high)):.{digits}f}") else digits + 1


def _interval(low: float | None, high: float | None, scale: float, digits: int) -> str:
    if low is None or high is None:
        return ""
    return f" ({scale * low:.{digits}f} to {scale * high:.{digits}f})"


def _difference(
    figure: tuple[float | None, float | None, float | None], scale: float, digits: int, unit: str
) -> str:
    value, low, high = figure
    if value is None:
        return UNDEFINED
    digits = _off_zero(low, high, scale, digits)

    def shown(number: float) -> str:
        return f"{abs(scale * number):.{digits}f}"

    def side(number: float) -> str:
        # What rounds to nothing is on no side: "0.0 lower" would read as a finding.
        if not float(shown(number)):
            return "0"
        return f"{shown(number)} {'higher' if number > 0 else 'lower'}"

    named = f"{NO_BREAK}{unit if shown(value) == '1' else f'{unit}s'}" if unit else ""
    start = f"{shown(value)}{named} {'higher' if value > 0 else 'lower'}"
    if not value:
        start = "no difference"
    elif not float(shown(value)):
        start = "almost no difference"
    if low is None or high is None:
        return start
    if low <= 0 <= high:
        return f"{start} (from {side(low)} to {side(high)})"
    nearer, farther = sorted((abs(low), abs(high)))
    # However little it is, "0.0" would say that the interval reaches 0, and so that nothing was found.
    near, far = (shown(one) if float(shown(one)) else ALMOST_NONE for one in (nearer, farther))
    return f"{start} ({near} to {far})"
