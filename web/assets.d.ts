// What the builder makes of files that are imported by a question.

declare module '*?url' {
  const address: string;
  export default address;
}
declare module '*?bytes' {
  const size: number;
  export default size;
}
declare module '@yowasp/yosys/parts' {
  export const modules: Readonly<Record<string, URL>>;
  export const filesystem: Readonly<Record<string, unknown>>;
}
