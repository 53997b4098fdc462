// What a batch asks of a file system: lines appended for good, files replaced whole, one owner at a time.

export interface Disk {
  /** Bytes; undefined where there is no such file. */
  readonly size: (path: string) => number | undefined;
  /** Where the file is or would be, links followed; undefined where there is something that is no file. */
  readonly locate: (path: string) => string | undefined;
  /** Each line without its end, with where it begins and its bytes; `whole` is false of a last line that has no end. */
  readonly lines: (path: string, each: (line: string, at: number, bytes: number, whole: boolean) => void) => void;
  readonly read: (path: string, at: number, bytes: number) => string;
  /** Keeps the first so many bytes. */
  readonly cut: (path: string, bytes: number) => void;
  /** What was written is there whatever becomes of this process; where `durable`, whatever becomes of the machine. */
  readonly append: (path: string) => {
    readonly write: (text: string, durable: boolean) => void;
    readonly close: () => void;
  };
  /** In place of what is there, in one moment. */
  readonly replace: (path: string, texts: Iterable<string>) => void;
  /** A new file; false where there is one already. */
  readonly claim: (path: string, text: string) => boolean;
  /** False where it is not there (any more). */
  readonly move: (from: string, to: string) => boolean;
  readonly remove: (path: string) => void;
  /** This process. */
  readonly self: { readonly pid: number; readonly host: string };
  /** Something that tells a process from later ones of its number; undefined where it does not run on this machine. */
  readonly running: (pid: number) => string | undefined;
}

export const wholeText = (disk: Disk, path: string): string | undefined => {
  const bytes = disk.size(path);
  return bytes === undefined ? undefined : disk.read(path, 0, bytes);
};
