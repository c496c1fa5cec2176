// Other packages at the same task, as their READMEs say to call them. What each leaves in is another question.
import { Readable, type Transform } from 'node:stream';
import piexif from 'piexifjs';
import sharp from 'sharp';

/** What is used of packages whose own types are missing, or are not those of what Node imports. */
interface Imported<Default> {
  default: Default;
}

const { default: ExifBeGone } = (await import('exif-be-gone')) as unknown as Imported<new () => Transform>;
const { default: MP3Tag } = (await import('mp3tag.js')) as unknown as Imported<
  new (
    buffer: ArrayBufferLike,
  ) => { buffer: ArrayBuffer; error: string; read(): void; remove(): void }
>;
const { default: nodeId3 } = (await import('node-id3')) as unknown as Imported<{
  removeTagsFromBuffer(file: Buffer): Buffer;
}>;

/** Another package. */
export interface Peer {
  name: string;
  /** Ids of the formats it takes. */
  formats: readonly string[];
  /** Takes out of a file what it takes out. */
  run: (file: Buffer) => unknown;
}

/** The packages that are measured beside this one. */
export const peers: readonly Peer[] = [
  {
    name: 'exif-be-gone',
    formats: ['jpeg', 'png', 'webp'],
    run: async (file) => Buffer.concat(await Readable.from([file]).pipe(new ExifBeGone()).toArray()),
  },
  {
    name: 'piexifjs',
    formats: ['jpeg'],
    run: (file) => Buffer.from(piexif.remove(file.toString('binary')), 'binary'),
  },
  {
    name: 'sharp (re-encodes)',
    formats: ['jpeg', 'png', 'gif', 'webp'],
    run: (file) => sharp(file, { animated: true, failOn: 'none', limitInputPixels: false }).toBuffer(),
  },
  {
    name: 'mp3tag.js',
    formats: ['mp3', 'flac', 'ogg', 'wav', 'm4a'],
    run: (file) => {
      const tag = new MP3Tag(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
      tag.read();
      tag.remove();
      if (tag.error !== '') throw new Error(tag.error);
      return tag.buffer;
    },
  },
  {
    name: 'node-id3',
    formats: ['mp3'],
    run: (file) => nodeId3.removeTagsFromBuffer(file),
  },
];
