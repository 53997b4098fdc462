// What a plain host leaves out, and what a service worker gives: headers by which threads share memory, which Z3 needs, and the
// page without a network.

import { byId } from './dom.js';

/** The page itself comes first. */
const pause = 3000;
const mark = 'magnet-isolating';

const after = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const without = 'Without Z3, whose threads share memory: what only it proves stays open, all else is as ever.';

/** What is typed, chosen or at work is not given up for it. */
let isTouched = false;

export async function settleWithHost(): Promise<void> {
  for (const kind of ['input', 'pointerdown', 'keydown', 'drop'])
    window.addEventListener(kind, () => (isTouched = true), { once: true, capture: true });
  const served = await serviceWorker();
  if (!window.crossOriginIsolated) {
    if (served && !isTouched && isFirst()) {
      location.reload();
      return;
    }
    says(
      served
        ? `${without} Open the page again to have it.`
        : `${without} The host sends no COOP and COEP, and this browser lets no service worker do so; over HTTPS most do.`,
    );
  }
  if (!served) return;
  await after(pause);
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    if (data === 'kept' && window.crossOriginIsolated) says('Kept in this browser: it opens without a network.');
  });
  served.postMessage('keep');
}

/** Once in a tab, and not at all where the browser remembers nothing: a page that cannot be isolated is not opened for ever. */
function isFirst(): boolean {
  try {
    if (sessionStorage.getItem(mark) !== null) return false;
    sessionStorage.setItem(mark, 'yes');
    return true;
  } catch {
    return false;
  }
}

/** Undefined where the browser gives none, as without a secure connection. */
async function serviceWorker(): Promise<ServiceWorker | undefined> {
  if (!('serviceWorker' in navigator)) return undefined;
  if (window.crossOriginIsolated) await after(pause);
  try {
    await navigator.serviceWorker.register('./sw.js');
    return (await navigator.serviceWorker.ready).active ?? undefined;
  } catch {
    return undefined;
  }
}

const says = (text: string): void => void (byId('host').textContent = text);
