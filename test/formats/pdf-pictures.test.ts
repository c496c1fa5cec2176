import { describe, expect, it } from 'vitest';
import { scrub } from '../../src/index.ts';
import { COM, encodeJpeg, exif, exifBlock, joinJpeg, segment, splitJpeg } from '../builders/jpeg.ts';
import { flate, type Source } from '../builders/pdf.ts';
import { page, SECRET, unpacked } from '../builders/pdf-page.ts';
import { showPdf, unpackPdf } from '../readers/pdf.ts';

describe('pictures', () => {
  const image = (body: Uint8Array | string, filter: string): Uint8Array =>
    page({
      resources: '/XObject<</X 9 0 R>>',
      objects: {
        4: flate('q 100 0 0 100 0 0 cm /X Do Q'),
        9: { dict: `/Subtype/Image/Width 24/Height 16/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter${filter}`, body },
      },
    });
  const dressed = async (): Promise<Uint8Array> => {
    const [first, ...rest] = splitJpeg(await encodeJpeg({ width: 24, height: 16 }));
    if (first === undefined) throw new Error('There is no picture.');
    const told = exif(exifBlock({ 0x010f: { text: SECRET }, 0x0112: { short: 6 } }));
    return joinJpeg([first, told, segment(COM, SECRET), ...rest], SECRET);
  };

  it('lose the metadata of JPEG, its orientation too, which viewers of pages do not obey', async () => {
    const file = image(await dressed(), '/DCTDecode');
    const clean = await scrub(file);
    expect((await unpackPdf(clean)).includes(SECRET)).toBe(false);
    expect(Buffer.from(clean).includes('Exif')).toBe(false);
    expect((await showPdf(clean)).pages).toEqual((await showPdf(file)).pages);
  });

  it('lose it where the picture is packed once more', async () => {
    const packed = flate(await dressed()) as Exclude<Source, string>;
    const file = image(packed.body, '[/FlateDecode/DCTDecode]');
    const clean = await scrub(file);
    expect((await unpackPdf(clean)).includes(SECRET)).toBe(false);
    expect((await showPdf(clean)).pages).toEqual((await showPdf(file)).pages);
  });

  it('lose it where the picture is damaged', async () => {
    const whole = await dressed();
    const file = image(whole.subarray(0, whole.length - SECRET.length - 30), '/DCTDecode');
    expect(await unpacked(file)).not.toContain(SECRET);
  });

  it('lose comments of a JBIG2 stream', async () => {
    const comment = Buffer.concat([Buffer.from([0, 0, 0, 0, 62, 0, 1, 0, 0, 0, SECRET.length]), Buffer.from(SECRET)]);
    expect(await unpacked(image(comment, '/JBIG2Decode'))).not.toContain(SECRET);
  });

  it('lose boxes and comments of JPEG 2000', async () => {
    const box = (type: string, ...content: Uint8Array[]): Buffer => {
      const whole = Buffer.concat([Buffer.alloc(4), Buffer.from(type), ...content]);
      whole.writeUInt32BE(whole.length);
      return whole;
    };
    const comment = Buffer.concat([Buffer.from([0xff, 0x64, 0, 4 + SECRET.length, 0, 1]), Buffer.from(SECRET)]);
    const size = Buffer.concat([Buffer.from([0xff, 0x51, 0, 41]), Buffer.alloc(39)]);
    const stream = Buffer.concat([Buffer.from([0xff, 0x4f]), size, comment, Buffer.from([0xff, 0x90, 0, 10])]);
    const file = Buffer.concat([
      box('jP  ', Buffer.from([13, 10, 0x87, 10])),
      box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ')),
      box('xml ', Buffer.from(SECRET)),
      box('jp2h', box('ihdr', Buffer.alloc(14)), box('uuid', Buffer.from(SECRET))),
      box('jp2c', stream),
    ]);
    const text = await unpacked(image(file, '/JPXDecode'));
    expect(text).not.toContain(SECRET);
    expect(text).toContain('ihdr');
  });
});
