declare module 'piexifjs' {
  const piexif: {
    /** Takes the Exif segment out of a JPEG, which is given as a binary string. */
    remove(file: string): string;
  };

  export { piexif as default };
}
