// Pictures (RFC 9639 §8.8), as a block of FLAC and, in Base64, as a Vorbis comment: type, media type, description, size, data.
import { latin1, latin1Bytes } from '../../bytes/text.ts';

/** §8.8: front cover. */
export const FRONT_COVER = 3;
/** Type, two lengths, four numbers about the picture, the length of its data. */
const FIXED_LENGTH = 32;
/** §8.8: the data is an address. */
const LINK = '-->';

/** What can be kept of a picture. */
export interface Picture {
  type: number;
  data: Uint8Array;
  /** All of it, as it was read. */
  whole: Uint8Array;
}

/** Reads a picture; nothing where its lengths lead past its end, or it is only linked to. */
export function readPicture(bytes: Uint8Array): Picture | undefined {
  const end = measurePicture(bytes);
  if (end === undefined || end > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const mediaTypeLength = view.getUint32(4);
  if (latin1(bytes.subarray(8, 8 + Math.min(mediaTypeLength, LINK.length + 1))) === LINK) return undefined;
  const dataLengthAt = FIXED_LENGTH - 4 + mediaTypeLength + view.getUint32(8 + mediaTypeLength);
  return { type: view.getUint32(0), data: bytes.subarray(dataLengthAt + 4, end), whole: bytes };
}

/**
 * Where a picture ends as its own lengths have it.
 * @param bytes its beginning, at least up to the length of the data
 * @returns nothing where the bytes end before that
 */
export function measurePicture(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < FIXED_LENGTH) return undefined;
  const mediaTypeLength = view.getUint32(4);
  if (FIXED_LENGTH + mediaTypeLength > bytes.length) return undefined;
  const end = FIXED_LENGTH + mediaTypeLength + view.getUint32(8 + mediaTypeLength);
  return end > bytes.length ? undefined : end + view.getUint32(end - 4);
}

/** A front cover without description; its size is left to whoever decodes it. */
export function writePicture(mediaType: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FIXED_LENGTH + mediaType.length + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, FRONT_COVER);
  view.setUint32(4, mediaType.length);
  bytes.set(latin1Bytes(mediaType), 8);
  view.setUint32(bytes.length - data.length - 4, data.length);
  bytes.set(data, bytes.length - data.length);
  return bytes;
}
