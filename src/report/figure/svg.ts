// SVG as text: elements with attributes, escaped, numbers short.

/** Two decimals of a pixel are enough; no exponent and no minus zero. */
export const px = (x: number): string => String(Number(x.toFixed(2)) + 0);

/** Control characters cannot stand in XML at all. */
export const escapeXml = (text: string): string => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element; attributes that are undefined are left out. `content` is markup. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const shown = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${typeof value === 'number' ? px(value) : escapeXml(value)}"`]));
  return content === '' ? `<${name}${shown.join('')}/>` : `<${name}${shown.join('')}>${content}</${name}>`;
}

export const label = (x: number, y: number, text: string, attributes: Attributes = {}): string => element('text', { x, y, ...attributes }, escapeXml(text));

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** `M0,0L1,2...`; empty for less than two spots. */
export const path = (spots: readonly Spot[]): string => (spots.length < 2 ? '' : `M${spots.map(({ x, y }) => `${px(x)},${px(y)}`).join('L')}`);

/** About how wide a text is in pixels, in a sans-serif face. */
export function textWidth(text: string, size: number): number {
  const em = (c: string) => (/[ijltfrI.,:;'|()\[\] ]/.test(c) ? 0.3 : /[mwMW%]/.test(c) ? 0.85 : /[A-Z]/.test(c) ? 0.68 : 0.55);
  return size * [...text].reduce((n, c) => n + em(c), 0);
}
