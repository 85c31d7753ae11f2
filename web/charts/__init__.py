"""Charts of our statistics: Vega-Lite specs for browsers and pictures, and sparklines for pages without scripts.

All functions but those of `bundle` and `render` are pure; data is inline, so a test can compare a chart with the CSV.

* `series.plot_series(periods, lines, per=…, events=…)`: articles and stories over time, with impaired collection
* `share.plot_share(periods, lines, per=…, is_stacked=…)`: share of voice over time
* `heat.plot_heat(periods, lines, per=…)`: outlets, languages or entities against time
* `bars.plot_bars(bars)`: the top outlets, languages or entities, with numbers
* `bars.plot_comparison(changes, periods=…)`: two periods, with intervals
* `timeline.plot_timeline(articles)`: original and reprints of a story
* `sparkline.draw_sparkline(values, label=…)`: inline SVG, and what a chart shows until it is drawn

`shown.to_periods` and `shown.to_lines` make the inputs of a series that `worker.coverage.series` has read. Other inputs
are `ChartPeriod`, `ChartLine` and `ChartEvent` of `parts`, `ChartBar` and `ChartChange` of `bars`, `ChartArticle` of
`timeline`. Names and titles come from strangers and are made inert here. `href` is the address of the articles behind a
point; it has to begin with `/` or `?`. Pages show a spec by the macro of `templates/chart.html`.
"""
