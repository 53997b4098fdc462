// Figures, drawn by what is loaded only for those who ask for one: it takes a quarter of a second.

import type { Figure } from '../report/figures/figure.js';

export const draw = async (figure: Figure): Promise<string> =>
  (await import('../report/figures/figure.js')).drawFigure(figure);
