// Figures as data, drawn as SVG text: the same bytes for the same figure, on a light ground, readable in print.

import type { BarFigure } from './figure/bars.js';
import { drawBars } from './figure/bars.js';
import type { ChartFigure } from './figure/chart.js';
import { drawChart } from './figure/chart.js';

export type { Axis } from './figure/axis.js';
export type { BarFigure, BarSeries } from './figure/bars.js';
export type { ChartFigure, ChartPoint, ChartSeries, Mark } from './figure/chart.js';

export type Figure = ChartFigure | BarFigure;

export const drawFigure = (figure: Figure): string => (figure.kind === 'chart' ? drawChart(figure) : drawBars(figure));
