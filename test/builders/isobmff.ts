// Files of boxes in the words of ISO/IEC 14496-12 and QTFF: samples of a track, laid out in chunks or fragments in any way,
// also in ways that no writer would.
import { join } from './jpeg.ts';
import type { Sound } from './sound.ts';

/** What a box is made of. */
export type Part = Uint8Array | readonly number[] | string;

export const be16 = (value: number): Uint8Array => Uint8Array.of((value >> 8) & 0xff, value & 0xff);
export const be32 = (...values: number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]));
export const be64 = (value: number): Uint8Array => be32(Math.floor(value / 2 ** 32), value % 2 ** 32);

/** A box (§4.2). */
export function box(type: string, ...parts: Part[]): Uint8Array {
  const body = join(...parts);
  return join(be32(body.length + 8), type, body);
}

/** A box with a size of 64 bits (§4.2). */
export function largeBox(type: string, ...parts: Part[]): Uint8Array {
  const body = join(...parts);
  return join(be32(1), type, be64(body.length + 16), body);
}

/** A full box (§4.2). */
export function fullBox(type: string, version: number, flags: number, ...parts: Part[]): Uint8Array {
  return box(type, be32(version * 0x1000000 + flags), ...parts);
}

/** The boxes in bytes: type and body of each. */
export function readBoxes(bytes: Uint8Array): { type: string; body: Uint8Array; start: number }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const boxes: { type: string; body: Uint8Array; start: number }[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const stored = view.getUint32(at);
    const size = stored === 1 ? Number(view.getBigUint64(at + 8)) : stored;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    boxes.push({ type, body: bytes.subarray(at + (stored === 1 ? 16 : 8), at + size), start: at });
    at += size;
  }
  return boxes;
}

/** The body of a box by its path; fails where there is none. */
export function findBox(bytes: Uint8Array, ...path: string[]): Uint8Array {
  let body = bytes;
  for (const type of path) {
    const found = readBoxes(body).find((candidate) => candidate.type === type);
    if (found === undefined) throw new Error(`There is no ${type} box in ${path.join(' › ')}.`);
    body = found.body;
  }
  return body;
}

/** Words of a table, from its `from`th byte on. */
export function words(body: Uint8Array, from = 0): number[] {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  return Array.from({ length: Math.floor((body.length - from) / 4) }, (_, index) => view.getUint32(from + index * 4));
}

/** A track as it is to be written. */
export interface TrackLayout {
  id?: number;
  handler?: string;
  handlerName?: string;
  manufacturer?: string;
  /** Times of creation and modification. */
  time?: number;
  flags?: number;
  language?: number;
  /** Entries of the edit list: duration, media time, rate. */
  edits?: [number, number, number][];
  samplesPerChunk?: number;
  /** `co64` instead of `stco`. */
  large?: boolean;
  /** `stsz` says this size for all. */
  uniformSize?: number;
  /** Bytes in front of each chunk. */
  gap?: (chunk: number) => Part;
  /** Boxes at the end of `trak`, `stbl`, and instead of `smhd`. */
  inTrak?: Part;
  inStbl?: Part;
  header?: Part;
  stsdVersion?: number;
}

/** A file as it is to be written. */
export interface MovieLayout {
  brand?: string;
  compatible?: string;
  /** None where this is false. */
  fileType?: boolean;
  moovFirst?: boolean;
  time?: number;
  timescale?: number;
  /** Boxes in front of `moov` and `mdat`, between them, behind them, and at the end of `moov`. */
  before?: Part;
  between?: Part;
  behind?: Part;
  inMoov?: Part;
  largeMdat?: boolean;
  /** Bytes at the end of `mdat`. */
  rest?: Part;
}

/** A movie of tracks, each with the sound or whatever its samples are. */
export function writeMovie(tracks: readonly (Sound & TrackLayout)[], layout: MovieLayout = {}): Uint8Array {
  const { brand = 'M4A ', compatible = 'M4A mp42isom', fileType = true, moovFirst = false } = layout;
  const { before = '', between = '', behind = '', largeMdat = false, rest = '' } = layout;
  const media: Part[] = [];
  let mediaLength = 0;
  const put = (part: Part): number => {
    media.push(part);
    mediaLength += part.length;
    return mediaLength - part.length;
  };
  const offsets = tracks.map((track) => {
    const { samples, samplesPerChunk = samples.length, gap } = track;
    const starts: number[] = [];
    for (let first = 0; first < samples.length; first += samplesPerChunk) {
      if (gap !== undefined) put(gap(starts.length));
      starts.push(put(join(...samples.slice(first, first + samplesPerChunk))));
    }
    return starts;
  });
  put(rest);
  const ftyp = fileType ? box('ftyp', brand, be32(0), compatible) : new Uint8Array(0);
  const moovAt = (base: number): Uint8Array => writeMoov(tracks, layout, offsets, base);
  const mdat = (largeMdat ? largeBox : box)('mdat', ...media);
  const mdatHeader = largeMdat ? 16 : 8;
  const lead = ftyp.length + before.length;
  if (moovFirst) {
    const moov = moovAt(lead + moovAt(0).length + between.length + mdatHeader);
    return join(ftyp, before, moov, between, mdat, behind);
  }
  return join(ftyp, before, mdat, between, moovAt(lead + mdatHeader), behind);
}

const MATRIX = be32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/** A `moov` box with chunks at `base` and their offsets. */
function writeMoov(
  tracks: readonly (Sound & TrackLayout)[],
  { time = 0, timescale = 1000, inMoov = '' }: MovieLayout,
  offsets: readonly number[][],
  base: number,
): Uint8Array {
  const duration = Math.max(...tracks.map((track) => movieDuration(track, timescale)));
  const times = be32(time, time);
  const mvhd = fullBox(
    'mvhd',
    0,
    0,
    times,
    be32(timescale, duration, 0x10000),
    be16(0x100),
    new Uint8Array(10),
    MATRIX,
    new Uint8Array(24),
    be32(99),
  );
  const traks = tracks.map((track, index) => writeTrak(track, index + 1, timescale, offsets[index] ?? [], base));
  return box('moov', mvhd, ...traks, inMoov);
}

function movieDuration({ durations, timescale }: Sound, movieTimescale: number): number {
  return Math.round((durations.reduce((sum, duration) => sum + duration, 0) * movieTimescale) / timescale);
}

function writeTrak(
  track: Sound & TrackLayout,
  id: number,
  movieTimescale: number,
  offsets: number[],
  base: number,
): Uint8Array {
  const { samples, durations, timescale, entry, samplesPerChunk = samples.length, large = false } = track;
  const {
    time = 0,
    flags = 3,
    language = 0x55c4,
    handler = 'soun',
    handlerName = '',
    manufacturer = '\0\0\0\0',
  } = track;
  const { inTrak = '', inStbl = '', header = fullBox('smhd', 0, 0, be32(0)), stsdVersion = 0, edits } = track;
  const total = durations.reduce((sum, duration) => sum + duration, 0);
  const times = be32(time, time);
  const tkhd = fullBox(
    'tkhd',
    0,
    flags,
    times,
    be32(track.id ?? id, 0, movieDuration(track, movieTimescale)),
    new Uint8Array(12),
    be32(handler === 'soun' ? 0x1000000 : 0),
    MATRIX,
    new Uint8Array(8),
  );
  const elst = edits === undefined ? '' : box('edts', fullBox('elst', 0, 0, be32(edits.length, ...edits.flat())));
  const mdhd = fullBox('mdhd', 0, 0, times, be32(timescale, total), be16(language), be16(0));
  const hdlr = fullBox('hdlr', 0, 0, be32(0), handler, manufacturer, new Uint8Array(8), handlerName, [0]);
  const dinf = box('dinf', fullBox('dref', 0, 0, be32(1), fullBox('url ', 0, 1)));
  const sizes =
    track.uniformSize === undefined
      ? be32(0, samples.length, ...samples.map(({ length }) => length))
      : be32(track.uniformSize, samples.length);
  const last = samples.length % samplesPerChunk;
  const runs =
    last === 0 || offsets.length === 1
      ? [1, last === 0 ? samplesPerChunk : last, 1]
      : [1, samplesPerChunk, 1, offsets.length, last, 1];
  const places = offsets.map((offset) => base + offset);
  const stbl = box(
    'stbl',
    fullBox('stsd', stsdVersion, 0, be32(1), entry),
    fullBox('stts', 0, 0, be32(durations.length, ...durations.flatMap((duration) => [1, duration]))),
    fullBox('stsz', 0, 0, sizes),
    fullBox('stsc', 0, 0, be32(runs.length / 3, ...runs)),
    large
      ? fullBox('co64', 0, 0, be32(places.length), ...places.map(be64))
      : fullBox('stco', 0, 0, be32(places.length, ...places)),
    inStbl,
  );
  const minf = box('minf', header, dinf, stbl);
  return box('trak', tkhd, elst, box('mdia', mdhd, hdlr, minf), inTrak);
}

/** How fragments are written. */
export interface FragmentLayout {
  samplesPerFragment?: number;
  /** Time at which the first fragment begins. */
  startTime?: number;
  /** In front of each fragment, behind the last one, and at the end of the movie box. */
  before?: (index: number) => Part;
  behind?: Part;
  inMoov?: Part;
  edits?: [number, number, number][];
  /** Offsets count from the file's start instead of the fragment's. */
  absolute?: boolean;
}

/** A movie of one sound track in fragments (§8.8). */
export function writeFragments(sound: Sound, layout: FragmentLayout = {}): Uint8Array {
  const { samplesPerFragment = 5, startTime = 0, before, behind = '', inMoov = '', edits, absolute = false } = layout;
  const mvex = box('mvex', fullBox('mehd', 0, 0, be32(0)), fullBox('trex', 0, 0, be32(1, 1, 0, 0, 0)));
  const empty = { ...sound, samples: [], durations: [], samplesPerChunk: 1, ...(edits === undefined ? {} : { edits }) };
  const movie = writeMovie([empty], {
    brand: 'iso5',
    compatible: 'iso5dash',
    moovFirst: true,
    inMoov: join(mvex, inMoov),
  });
  // Without its empty media data.
  let file = movie.subarray(0, movie.length - 8);
  let time = startTime;
  for (let first = 0, index = 0; first < sound.samples.length; first += samplesPerFragment, index++) {
    const samples = sound.samples.slice(first, first + samplesPerFragment);
    const durations = sound.durations.slice(first, first + samplesPerFragment);
    if (before !== undefined) file = join(file, before(index));
    const start = file.length;
    const moof = (offset: number): Uint8Array =>
      box(
        'moof',
        fullBox('mfhd', 0, 0, be32(index + 1)),
        box(
          'traf',
          absolute ? fullBox('tfhd', 0, 1, be32(1), be64(0)) : fullBox('tfhd', 0, 0x20000, be32(1)),
          fullBox('tfdt', 1, 0, be64(time)),
          fullBox(
            'trun',
            0,
            0x301,
            be32(samples.length, offset, ...samples.flatMap(({ length }, at) => [durations[at] ?? 0, length])),
          ),
        ),
      );
    const offset = (absolute ? start : 0) + moof(0).length + 8;
    file = join(file, moof(offset), box('mdat', ...samples));
    for (const duration of durations) time += duration;
  }
  return join(file, behind);
}

/** An item of iTunes with one value. */
export function item(type: string, dataType: number, value: Part, locale = 0): Uint8Array {
  return box(type, box('data', be32(dataType, locale), value));
}

/** An item with a name of its own. */
export function freeFormItem(name: string, value: Part): Uint8Array {
  return box(
    '----',
    fullBox('mean', 0, 0, 'com.apple.iTunes'),
    fullBox('name', 0, 0, name),
    box('data', be32(1, 0), value),
  );
}

/** `udta` with the item list of iTunes. */
export function itemList(...items: Part[]): Uint8Array {
  return box('udta', metadata(...items));
}

/** `meta` with the item list of iTunes. */
export function metadata(...items: Part[]): Uint8Array {
  return fullBox('meta', 0, 0, fullBox('hdlr', 0, 0, be32(0), 'mdirappl', new Uint8Array(9)), box('ilst', ...items));
}

/** A `chpl` box of Nero's: starts in milliseconds, titles. */
export function neroChapters(...chapters: [number, string][]): Uint8Array {
  return fullBox(
    'chpl',
    1,
    0,
    be32(0),
    [chapters.length],
    ...chapters.flatMap(([start, title]) => [be64(start * 10_000), [title.length], title]),
  );
}

/** A track of text whose samples are titles, each with a duration in milliseconds. */
export function chapterTrack(...chapters: [number, string][]): Sound & TrackLayout {
  const entry = box('text', new Uint8Array(6), be16(1), be32(1, 1), new Uint8Array(35));
  const gmhd = box(
    'gmhd',
    fullBox('gmin', 0, 0, be16(0x40), be16(0x8000), be16(0x8000), be16(0x8000), be32(0)),
    box('text', MATRIX),
  );
  return {
    timescale: 1000,
    entry,
    samples: chapters.map(([, title]) => join(be16(title.length), title, box('encd', be32(0x100)))),
    durations: chapters.map(([duration]) => duration),
    handler: 'text',
    header: gmhd,
    flags: 2,
  };
}
