// Vorbis comments in the words of Vorbis I §5.2.
import { join } from './jpeg.ts';
import { be, le } from './tone.ts';

/** Text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A list of comments: vendor string and `NAME=value` fields. */
export function comments(vendor: string, fields: readonly string[], count = fields.length): Uint8Array {
  const texts = [vendor, ...fields].map((text) => join(le(utf8(text).length, 4), utf8(text)));
  const [first = new Uint8Array(0), ...others] = texts;
  return join(first, le(count, 4), ...others);
}

/** A picture as FLAC has it (RFC 9639 §8.8). */
export function picture(
  data: Uint8Array,
  { type = 3, mediaType = 'image/jpeg', description = '', dataLength = data.length } = {},
): Uint8Array {
  const text = utf8(description);
  const size = new Uint8Array(16);
  return join(be(type, 4), be(mediaType.length, 4), mediaType, be(text.length, 4), text, size, be(dataLength, 4), data);
}
