// Tags around a sound: ID3v2.3, ID3v1, APEv2, each with one text.
import { number } from './chunks.ts';
import { ascii, join } from './jpeg.ts';

/** An ID3v2.3 tag with a title, and padding. */
export function id3v2(title: string, padding = 0): Uint8Array {
  const frame = join('TIT2', number(title.length + 1, 4, false), [0, 0, 0], title);
  const size = frame.length + padding;
  const syncsafe = [21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f);
  return join('ID3', [3, 0, 0], syncsafe, frame, new Uint8Array(padding));
}

/** An ID3v1 tag. */
export function id3v1(title: string): Uint8Array {
  return join('TAG', join(title, new Uint8Array(125)).subarray(0, 125));
}

/** An APEv2 tag with header and footer. */
export function apeTag(items: Readonly<Record<string, string>>): Uint8Array {
  const entries = Object.entries(items);
  const body = join(
    ...entries.map(([key, value]) => join(number(ascii(value).length, 4), number(0, 4), key, [0], value)),
  );
  const edge = (flags: number): Uint8Array => {
    return join(
      'APETAGEX',
      number(2000, 4),
      number(body.length + 32, 4),
      number(entries.length, 4),
      number(flags, 4),
      number(0, 8),
    );
  };
  return join(edge(0xa0000000), body, edge(0x80000000));
}
