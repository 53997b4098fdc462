// Tasks for worker threads that behave in every way a task can.

export const double = ({ x }, progress) => {
  progress('half way', x);
  return { x: 2 * x };
};
export const refuse = () => {
  throw new Error('no');
};
export const crash = () => process.exit(3);
export const hang = () => {
  for (;;);
};
/** More and more on the heap, until there is no room. */
export const swell = () => {
  const kept = [];
  for (;;) kept.push(Array.from({ length: 1e4 }, (_, i) => ({ i })));
};
