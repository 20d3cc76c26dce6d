"""Charts drawn by the server: plain SVG and HTML, no script, no style attribute, colours of the theme.

Every chart says in words what it shows, always draws its intervals, and has the same figures in a table behind "The
figures". They are drawn by hand rather than by a plotting library: measured on two cores, vl-convert held 120 MB of
memory in each web process and took 40 to 100 ms a chart (560 ms for the first); these take about a millisecond, follow
dark mode and stay legible on a phone, because words are HTML and only the marks are stretched.
"""

from parvis.interfaces.design.charts.bars import Bin, Row, histogram, interval_bars
from parvis.interfaces.design.charts.days import Day, Series, interval_line, stacked_days
from parvis.interfaces.design.charts.spark import sparkline

__all__ = ["Bin", "Day", "Row", "Series", "histogram", "interval_bars", "interval_line", "sparkline", "stacked_days"]
