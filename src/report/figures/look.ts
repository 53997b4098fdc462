// How figures are dressed: on white paper as a file of their own, or on a page whose style sheet decides the colours.

import { nth } from '../../base/invariant.js';

export interface Look {
  readonly width: number;
  /** Whether title and subtitle are part of the figure; a page writes them itself. */
  readonly headings: boolean;
  /** Undefined where the page shines through. */
  readonly ground: string | undefined;
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
  readonly faint: string;
  /** Of boxes that hold text. */
  readonly box: string;
  readonly colors: readonly string[];
}

/**
 * Okabe and Ito's colours, which people who see few colours can tell apart; those of weak contrast on white come last,
 * and very last one for what is not there: idle, unnamed.
 */
const palette = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#8a6fb8',
  '#e69f00',
  '#56b4e9',
  '#5f6b76',
  '#8c510a',
  '#b2182b',
  '#66a61e',
  '#c5ced6',
] as const;
/** The same hues, lighter where black is behind them. */
const lit = [
  '#4aa8e0',
  '#f28a3c',
  '#2fc79b',
  '#e29cc4',
  '#b39ddb',
  '#f2b733',
  '#8fd0f5',
  '#9aa7b2',
  '#c99a5b',
  '#e8707f',
  '#a3d16a',
  '#465362',
] as const;

export const paper: Look = {
  width: 880,
  headings: true,
  ground: '#ffffff',
  ink: '#1f2933',
  soft: '#52606d',
  grid: '#e4e7eb',
  faint: '#f1f3f5',
  box: '#f5f7fa',
  colors: palette,
};

const onPage = {
  headings: false,
  ground: undefined,
  ink: 'var(--ink)',
  soft: 'var(--soft)',
  grid: 'var(--grid)',
  faint: 'var(--faint)',
  box: 'var(--box)',
  colors: palette.map((_, i) => `var(--c${i})`),
} as const;
export const wide: Look = { width: 1016, ...onPage };
/** For a telephone held upright, letters as large as on the wide one. */
export const narrow: Look = { width: 340, ...onPage };

/** What a page defines for its figures, on light and on dark ground. */
const variables = (colors: readonly string[]) => colors.map((c, i) => `--c${i}:${c}`).join(';');
export const lightColors = variables(palette);
export const darkColors = variables(lit);

export const faintColor = palette.length - 1;

export const colorAt = ({ colors }: Look, i: number): string => nth(colors, i % colors.length);
