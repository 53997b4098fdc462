// Figures as data, drawn as SVG text: the same bytes for the same figure, readable on screens and in print.

import type { BarFigure } from './bars.js';
import { drawBars } from './bars.js';
import type { ChartFigure } from './chart.js';
import { drawChart } from './chart.js';
import type { GraphFigure } from './graph-drawing.js';
import { drawGraph } from './graph-drawing.js';
import type { Look } from './look.js';
import { paper } from './look.js';
import type { MachineFigure } from './machine-drawing.js';
import { drawMachine } from './machine-drawing.js';

export type { Axis } from './axis.js';
export type { BarFigure, BarSeries } from './bars.js';
export type { ChartFigure, ChartPoint, ChartSeries, Mark } from './chart.js';
export type { GraphFigure } from './graph-drawing.js';
export type { MachineFigure } from './machine-drawing.js';

export type Figure = ChartFigure | BarFigure | MachineFigure | GraphFigure;

/** On white paper, unless told how else to dress it. */
export function drawFigure(figure: Figure, look: Look = paper): string {
  switch (figure.kind) {
    case 'chart':
      return drawChart(figure, look);
    case 'bars':
      return drawBars(figure, look);
    case 'machine':
      return drawMachine(figure, look);
    case 'graph':
      return drawGraph(figure, look);
  }
}
