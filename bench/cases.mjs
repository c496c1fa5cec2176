// The files that are measured: made here from a generated scene, the same on every machine with the same sharp.
import sharp from 'sharp';

/** A generated photograph: gradients, waves and grain, with the metadata of a camera. */
function scene(width, height, grain = 3) {
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

const camera = {
  IFD0: { Make: 'Maker', Model: 'Model 1', Software: 'Firmware 1.2.3', Artist: 'A. Person', Orientation: '6' },
  IFD2: { DateTimeOriginal: '2024:05:06 07:08:09', BodySerialNumber: '0123456789' },
  IFD3: { GPSLatitude: '48/1 8/1 15/1', GPSLatitudeRef: 'N', GPSLongitude: '11/1 34/1 31/1', GPSLongitudeRef: 'E' },
};

/** Restart markers as cameras write them, one every so many bytes: the scan is not decodable, but it is walked like one that is. */
function withRestarts(file, every) {
  const scan = file.indexOf(Buffer.from([0xff, 0xda])) + 14;
  const parts = [file.subarray(0, scan)];
  let number = 0;
  for (let at = scan; at < file.length - 2; ) {
    let end = Math.min(at + every, file.length - 2);
    if (file[end - 1] === 0xff) end++;
    parts.push(file.subarray(at, end), Buffer.from([0xff, 0xd0 + (number++ % 8)]));
    at = end;
  }
  parts[parts.length - 1] = file.subarray(file.length - 2);
  return Buffer.concat(parts);
}

/** A scan of nothing but stuffed bytes. */
function flood(file, length) {
  const scan = file.indexOf(Buffer.from([0xff, 0xda])) + 14;
  return Buffer.concat([file.subarray(0, scan), Buffer.alloc(length, Buffer.from([0xff, 0])), Buffer.from([0xff, 0xd9])]);
}

/**
 * @typedef {{ name: string, format: 'jpeg' | 'png' | 'gif' | 'webp', make: () => Promise<Buffer> }} Case
 * @type {readonly Case[]}
 */
export const cases = [
  { name: 'JPEG avatar', format: 'jpeg', make: () => scene(160, 160, 1).withExif(camera).jpeg({ quality: 80 }).toBuffer() },
  { name: 'JPEG photo, 5 MB', format: 'jpeg', make: () => scene(4600, 3450).withExif(camera).jpeg({ quality: 85 }).toBuffer() },
  {
    name: 'JPEG photo, 5 MB, restart markers',
    format: 'jpeg',
    make: async () => withRestarts(await scene(4600, 3450).withExif(camera).jpeg({ quality: 85 }).toBuffer(), 8192),
  },
  { name: 'JPEG photo, 50 MB', format: 'jpeg', make: () => scene(12_000, 9000, 4).withExif(camera).jpeg({ quality: 90 }).toBuffer() },
  { name: 'JPEG of FF00, 50 MB', format: 'jpeg', make: async () => flood(await scene(64, 64).jpeg().toBuffer(), 50_000_000) },
  { name: 'PNG, 10 MB', format: 'png', make: () => scene(2600, 1950).withExif(camera).png({ compressionLevel: 1 }).toBuffer() },
  {
    name: 'GIF, animated',
    format: 'gif',
    make: async () => {
      const frames = await Promise.all([1, 2, 3, 4].map((grain) => scene(900, 700, grain).png().toBuffer()));
      return sharp(frames, { join: { animated: true } }).gif({ delay: 100 }).toBuffer();
    },
  },
  { name: 'WebP, lossless', format: 'webp', make: () => scene(2400, 1800).withExif(camera).webp({ lossless: true, effort: 0 }).toBuffer() },
];
