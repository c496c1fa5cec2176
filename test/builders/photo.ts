import sharp from 'sharp';
import { randomFrom } from '../specimens/specimen.ts';

/** The word that `takePhoto` writes into the metadata. */
export const photographer = 'Canary McPhotographer';

/** A JPEG with an Exif block and a colour profile, of noise that doesn't compress: about as many bytes as it has pixels. */
export async function takePhoto(width = 64, height = 48): Promise<Uint8Array> {
  const random = randomFrom(width * height);
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256));
  const photo = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .withMetadata({ orientation: 6, density: 300 })
    .withExifMerge({
      IFD0: { Artist: photographer, Make: 'Canary Optical' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 12/1 30/1', GPSLongitudeRef: 'E', GPSLongitude: '16/1 22/1 0/1' },
    })
    .jpeg({ quality: 90 })
    .toBuffer();
  return new Uint8Array(photo);
}
