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
