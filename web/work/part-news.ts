// Heavy parts of the page are fetched by workers when they are first used: how much of one is there is told to the page.

export interface PartNews {
  /** As people know it. */
  readonly part: string;
  /** Bytes that are there, and all of them, unpacked; equal when it is there. */
  readonly loaded: number;
  readonly total: number;
}

/** Between two news of one part, milliseconds. */
const pause = 100;

/** All workers of one page have its name, and no other page's have. */
const channel = (): BroadcastChannel => new BroadcastChannel(self.name);

/**
 * What `fetch` answers, with every piece that arrives told to the page. `total`: in bytes, as the page was built; hosts that
 * pack files say another length.
 */
export function told(part: string, total: number, response: Response): Response {
  if (!response.ok || !response.body) throw new Error(`${part} could not be fetched: ${response.status}`);
  const news = channel();
  let [loaded, last] = [0, 0];
  const tell = () => news.postMessage({ part, loaded, total } satisfies PartNews);
  tell();
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, out) {
      loaded += piece.length;
      if (performance.now() - last > pause) {
        last = performance.now();
        tell();
      }
      out.enqueue(piece);
    },
    flush() {
      loaded = total;
      tell();
      news.close();
    },
  });
  return new Response(response.body.pipeThrough(counted), { headers: { 'Content-Type': 'application/wasm' } });
}
