// AU files in the words of Sun's audio file format.
import { number, type Part } from './chunks.ts';
import { join } from './jpeg.ts';

/** What is in a file; `size` and `dataStart` stand in its header whatever is true. */
export interface AuContent {
  annotation?: readonly Part[];
  encoding?: number;
  channels?: number;
  samples: Uint8Array;
  size?: number;
  dataStart?: number;
  trailer?: Part;
}

/** A file: header, annotation, samples. */
export function auFile(content: AuContent): Uint8Array {
  const { annotation = [], encoding = 3, channels = 2, samples, trailer = [] } = content;
  const text = join(...annotation);
  const { size = samples.length, dataStart = 24 + text.length } = content;
  const header = [dataStart, size, encoding, 44100, channels].map((word) => number(word, 4, false));
  return join('.snd', ...header, text, samples, trailer);
}
