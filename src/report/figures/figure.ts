// Figures as data, drawn as SVG text: the same bytes for the same figure, readable on screens and in print.

import type { BarFigure } from './bars.js';
import { drawBars } from './bars.js';
import type { ChartFigure } from './chart.js';
import { drawChart } from './chart.js';
import type { GraphFigure } from './graph-drawing.js';
import { drawGraph } from './graph-drawing.js';
import type { HistogramsFigure } from './histograms.js';
import { drawHistograms } from './histograms.js';
import type { IntervalFigure } from './intervals.js';
import { drawIntervals } from './intervals.js';
import type { Look } from './look.js';
import { paper } from './look.js';
import type { MachineFigure } from './machine-drawing.js';
import { drawMachine } from './machine-drawing.js';
import type { MatrixFigure } from './matrix.js';
import { drawMatrix } from './matrix.js';
import type { PicturesFigure } from './pictures.js';
import { drawPictures } from './pictures.js';
import type { ResidencyFigure } from './residency.js';
import { drawResidency } from './residency.js';

export type { Axis } from './axis.js';
export type { BarFigure, BarSeries } from './bars.js';
export type { ChartFigure, ChartPoint, ChartSeries, Mark } from './chart.js';
export type { GraphFigure } from './graph-drawing.js';
export type { HistogramsFigure } from './histograms.js';
export type { IntervalFigure } from './intervals.js';
export type { MachineFigure } from './machine-drawing.js';
export type { MatrixFigure } from './matrix.js';
export type { PicturesFigure } from './pictures.js';
export type { ResidencyFigure } from './residency.js';

export type Figure =
  | ChartFigure
  | BarFigure
  | MachineFigure
  | GraphFigure
  | IntervalFigure
  | HistogramsFigure
  | MatrixFigure
  | PicturesFigure
  | ResidencyFigure;

/** The text of an SVG; on white paper, unless told how else to dress it. */
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
    case 'intervals':
      return drawIntervals(figure, look);
    case 'histograms':
      return drawHistograms(figure, look);
    case 'matrix':
      return drawMatrix(figure, look);
    case 'pictures':
      return drawPictures(figure, look);
    case 'residency':
      return drawResidency(figure, look);
  }
}
