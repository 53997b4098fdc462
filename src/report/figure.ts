// Figures as data, drawn as SVG text: the same bytes for the same figure, readable on screens and in print.

import type { BarFigure } from './figure/bars.js';
import { drawBars } from './figure/bars.js';
import type { ChartFigure } from './figure/chart.js';
import { drawChart } from './figure/chart.js';
import type { Look } from './figure/look.js';
import { paper } from './figure/look.js';
import type { MachineFigure } from './figure/machine.js';
import { drawMachine } from './figure/machine.js';

export type { Axis } from './figure/axis.js';
export type { BarFigure, BarSeries } from './figure/bars.js';
export type { ChartFigure, ChartPoint, ChartSeries, Mark } from './figure/chart.js';
export type { MachineFigure } from './figure/machine.js';

export type Figure = ChartFigure | BarFigure | MachineFigure;

/** On white paper, unless told how else to dress it. */
export function drawFigure(figure: Figure, look: Look = paper): string {
  switch (figure.kind) {
    case 'chart':
      return drawChart(figure, look);
    case 'bars':
      return drawBars(figure, look);
    case 'machine':
      return drawMachine(figure, look);
  }
}
