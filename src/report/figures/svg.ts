// SVG as text: elements with attributes, escaped, numbers short.

/** Two decimals of a pixel are enough; no exponent and no minus zero. */
export const px = (x: number): string => String(Number(x.toFixed(2)) + 0);

/** Control characters and halves of pairs cannot stand in XML at all; a space that does not break is a space. */
export const clean = (text: string): string =>
  text
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '',
    )
    .replaceAll('\u00a0', ' ');

export const escapeXml = (text: string): string =>
  clean(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element; attributes that are undefined are left out. `content` is markup. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const shown = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${typeof value === 'number' ? px(value) : escapeXml(value)}"`],
  );
  return content === '' ? `<${name}${shown.join('')}/>` : `<${name}${shown.join('')}>${content}</${name}>`;
}

export const label = (x: number, y: number, text: string, attributes: Attributes = {}): string =>
  element('text', { x, y, ...attributes }, escapeXml(text));

/** About how wide a text is in pixels, in a sans-serif face of the wider sort. */
export function textWidth(text: string, size: number): number {
  const em = (c: string) =>
    /[ijltfrI.,:;'|()[\] ]/.test(c) ? 0.36 : /[mwMW%<>=+~#]/.test(c) ? 0.9 : /[A-Z]/.test(c) ? 0.7 : 0.63;
  return size * Array.from(text).reduce((n, c) => n + em(c), 0);
}

/** What fits into a width, with dots for the rest. */
export function shortened(text: string, size: number, max: number): string {
  if (textWidth(text, size) <= max) return text;
  const signs = Array.from(text);
  while (signs.length > 1 && textWidth(`${signs.join('')}\u2026`, size) > max) signs.pop();
  return `${signs.join('')}\u2026`;
}
