// Other packages at the same task, as their READMEs say to call them. What each leaves in is another question.
import ExifBeGone from 'exif-be-gone';
import piexif from 'piexifjs';
import sharp from 'sharp';

/**
 * @typedef {{ name: string, formats: readonly string[], run: (file: Buffer) => Promise<Uint8Array> }} Peer
 * @type {readonly Peer[]}
 */
export const peers = [
  {
    name: 'exif-be-gone',
    formats: ['jpeg', 'png', 'webp'],
    run: (file) =>
      new Promise((resolve, reject) => {
        const transform = new ExifBeGone();
        const parts = [];
        transform.on('data', (part) => parts.push(part));
        transform.on('end', () => resolve(Buffer.concat(parts)));
        transform.on('error', reject);
        transform.end(file);
      }),
  },
  {
    name: 'piexifjs',
    formats: ['jpeg'],
    run: async (file) => Buffer.from(piexif.remove(file.toString('binary')), 'binary'),
  },
  {
    name: 'sharp (re-encodes)',
    formats: ['jpeg', 'png', 'gif', 'webp'],
    run: (file) => sharp(file, { animated: true, failOn: 'none', limitInputPixels: false }).toBuffer(),
  },
];
