// The pictures that are measured: made here from a generated scene, the same on every machine with the same sharp.
import sharp, { type Sharp } from 'sharp';
import type { Case } from './cases.ts';

/** A generated photograph: gradients, waves and grain of so many bits. */
function scene(width: number, height: number, grain = 3): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  let state = 1;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const noise = state >>> (32 - grain);
      pixels[at] = (110 + 80 * Math.sin(x / 57 + y / 91) + noise) & 255;
      pixels[at + 1] = ((y * 200) / height + noise) & 255;
      pixels[at + 2] = (128 + 100 * Math.sin((x * y) / 50_000) + noise) & 255;
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** What a camera writes. */
const camera = {
  IFD0: { Make: 'Maker', Model: 'Model 1', Software: 'Firmware 1.2.3', Artist: 'A. Person', Orientation: '6' },
  IFD2: { DateTimeOriginal: '2024:05:06 07:08:09', BodySerialNumber: '0123456789' },
  IFD3: { GPSLatitude: '48/1 8/1 15/1', GPSLatitudeRef: 'N', GPSLongitude: '11/1 34/1 31/1', GPSLongitudeRef: 'E' },
};

/** Length of an SOS segment for three components. */
const SOS_LENGTH = 14;

/** Where the entropy-coded data of a JPEG of one scan begins. */
function scanStart(file: Buffer): number {
  return file.indexOf(Buffer.from([0xff, 0xda])) + SOS_LENGTH;
}

/** Restart markers as cameras write them, one every so many bytes: the scan can't be decoded, but it is walked like one that can. */
function withRestarts(file: Buffer, every: number): Buffer {
  const start = scanStart(file);
  const parts = [file.subarray(0, start)];
  let number = 0;
  for (let at = start; at < file.length - 2; ) {
    let end = Math.min(at + every, file.length - 2);
    if (file[end - 1] === 0xff) end++;
    parts.push(file.subarray(at, end), Buffer.from([0xff, 0xd0 + (number++ % 8)]));
    at = end;
  }
  parts[parts.length - 1] = file.subarray(file.length - 2);
  return Buffer.concat(parts);
}

/** A scan of nothing but stuffed bytes. */
function flood(file: Buffer, length: number): Buffer {
  return Buffer.concat([
    file.subarray(0, scanStart(file)),
    Buffer.alloc(length, Buffer.from([0xff, 0])),
    Buffer.from([0xff, 0xd9]),
  ]);
}

const photo = () => scene(4600, 3450, 5).withExif(camera).jpeg({ quality: 87 }).toBuffer();

/** The pictures. */
export const pictures: readonly Case[] = [
  {
    name: 'JPEG avatar',
    format: 'jpeg',
    make: () => scene(256, 256, 4).withExif(camera).jpeg({ quality: 80 }).toBuffer(),
  },
  { name: 'JPEG photo, 5 MB', format: 'jpeg', make: photo },
  {
    name: 'JPEG photo, 5 MB, with restart markers',
    format: 'jpeg',
    make: async () => withRestarts(await photo(), 8192),
  },
  {
    name: 'JPEG photo, 50 MB',
    format: 'jpeg',
    make: () => scene(12_900, 9700, 5).withExif(camera).jpeg({ quality: 90 }).toBuffer(),
  },
  {
    name: 'JPEG of FF00, 50 MB',
    format: 'jpeg',
    make: async () => flood(await scene(64, 64).jpeg().toBuffer(), 50_000_000),
  },
  {
    name: 'PNG, 10 MB',
    format: 'png',
    make: () => scene(2100, 1575).withExif(camera).png({ compressionLevel: 1 }).toBuffer(),
  },
  {
    name: 'GIF, animated',
    format: 'gif',
    make: async () => {
      const frames = await Promise.all([1, 2, 3, 4].map((grain) => scene(900, 700, grain).png().toBuffer()));
      return sharp(frames, { join: { animated: true } })
        .gif({ delay: [100, 100, 100, 100] })
        .toBuffer();
    },
  },
  {
    name: 'WebP, lossless',
    format: 'webp',
    make: () => scene(2400, 1800).withExif(camera).webp({ lossless: true, effort: 0 }).toBuffer(),
  },
];
