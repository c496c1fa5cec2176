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

  function create(options: {
    instantiateWasm: (
      imports: WebAssembly.Imports,
      use: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) => object;
    locateFile: (name: string) => string;
  }): Promise<Core>;

  export { create as default };
}
