declare module '@ffmpeg/core' {
  /** The part of the module that is used here. */
  export interface Core {
    exec(...args: string[]): number;
    setLogger(logger: (line: { message: string }) => void): void;
    FS: {
      writeFile(path: string, data: Uint8Array): void;
      readFile(path: string): Uint8Array;
      unlink(path: string): void;
    };
  }

  function create(options: { wasmBinary: Uint8Array; locateFile: (name: string) => string }): Promise<Core>;

  export { create as default };
}
