// Elements of the page: found by their id, or made; texts are texts, never markup.

/** Its own HTML has them all: one that is missing is a mistake of ours. */
export function byId<T extends Element = HTMLElement>(id: string, type?: new () => T): T {
  const found = document.getElementById(id);
  if (found === null || (type && !(found instanceof type))) throw new Error(`the page has no #${id} of that kind`);
  return found as unknown as T;
}

export const select = (id: string): HTMLSelectElement => byId(id, HTMLSelectElement);
export const input = (id: string): HTMLInputElement => byId(id, HTMLInputElement);

type Child = Node | string;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export const option = (value: string, text: string = value): HTMLOptionElement => make('option', { value }, text);

/** Calls it a little after the last of many changes. */
export function settled(milliseconds: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, milliseconds);
  };
}
