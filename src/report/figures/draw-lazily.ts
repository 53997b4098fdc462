// Figures, drawn by what is loaded only for those who ask for one: it takes a quarter of a second.

import type { Figure } from './figure.js';

export const draw = async (figure: Figure): Promise<string> => (await import('./figure.js')).drawFigure(figure);
