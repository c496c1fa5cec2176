// Image sequences: tracks of pictures and of their transparency, in order, with their times and loops (ISO/IEC 23008-12 §7, 14496-12 §8).
import { type Box, type BoxReader, printableType } from '../../containers/isobmff/box.ts';
import { Extents } from '../../containers/isobmff/extents.ts';
import { ChunkList } from '../../containers/isobmff/sample-chunks.ts';
import { readSampleTable, type SampleTable } from '../../containers/isobmff/sample-table.ts';
import type { Context } from '../../core/context.ts';
import { malformed, ScrubError, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import type { Media } from './media.ts';
import { type PictureDescription, readPictureDescription } from './picture-entry.ts';
import { isSelfContained } from './places.ts';
import { alphaTypes } from './policy.ts';
import type { PropertyReader } from './properties.ts';

/** A track of pictures. */
export interface PictureTrack {
  id: number;
  handler: string;
  isEnabled: boolean;
  alternateGroup: number;
  layer: number;
  /** Matrix, width and height as they stand in `tkhd`. */
  geometry: Uint8Array;
  timescale: number;
  /** As stored in the track's header, in the movie's timescale; `Infinity` for all bits set. */
  duration: number;
  edits: EditList | undefined;
  /** Ids of tracks that this one belongs to. */
  references: { type: string; to: number[] }[];
  description: PictureDescription;
  table: SampleTable;
  /** Where each sample lies in the media data. */
  positions: Float64Array;
}

/** When a track shows, and whether that repeats (§8.6.6). */
export interface EditList {
  isRepeating: boolean;
  /** Durations in the movie's timescale, `Infinity` for all bits set; media time −1 is a pause. */
  edits: { duration: number; mediaTime: number; rate: number }[];
}

/** What a movie box shows. */
export interface Sequence {
  timescale: number;
  tracks: PictureTrack[];
}

const MAX_TRACKS = 100;
const MAX_EDITS = 10_000;
/** Boxes of `moov` that are carried over in another form. */
const movieBoxes = ['mvhd', 'trak'];
/** References that tell how pictures belong together: whose transparency, and whether it was multiplied in. */
const keptReferences = ['auxl', 'prem'];

/** Reads the tracks of pictures of a movie box; nothing where it has none. */
export function* readSequence(
  window: Window,
  plan: Plan,
  context: Context,
  reader: BoxReader,
  properties: PropertyReader,
  media: Media,
): Walk<Sequence | undefined> {
  const moov = { type: 'moov', start: 0, bodyStart: reader.view.getUint32(0) === 1 ? 16 : 8, end: reader.bytes.length };
  const children = reader.children(moov.bodyStart, moov.end, 'moov');
  context.countStructures(children.length);
  const mvhd = reader.require(moov, 'mvhd');
  const isLong = reader.version(mvhd) === 1;
  reader.demand(mvhd, isLong ? 112 : 100);
  const sequence: Sequence = { timescale: reader.view.getUint32(mvhd.bodyStart + (isLong ? 20 : 12)), tracks: [] };
  const traks = children.filter(({ type }) => type === 'trak');
  if (traks.length > MAX_TRACKS) throw malformed('There are too many tracks.', reader.fileStart, 'moov');
  for (const child of children) {
    const place = {
      action: 'removed',
      bytes: child.end - child.start,
      offset: reader.fileStart + child.start,
    } as const;
    if (!movieBoxes.includes(child.type))
      plan.found({
        kind: child.type === 'udta' ? 'comment' : 'other',
        where: `moov › ${printableType(child.type)}`,
        ...place,
      });
    if (child.type === 'mvex')
      throw unsupported(
        'The image sequence comes in fragments. Save it anew in one piece.',
        place.offset,
        'moov',
        'mvex',
      );
    if (child.type !== 'trak') continue;
    try {
      const track = readTrack(reader, child, properties);
      if (typeof track === 'string')
        plan.found({ kind: 'embedded-file', where: `moov › trak › ${printableType(track)}`, ...place });
      else {
        yield* readSamples(window, context, reader, track, media);
        sequence.tracks.push(track);
      }
    } catch (error) {
      throw error instanceof ScrubError ? error.within(undefined, 0, ['moov', 'trak']) : error;
    }
  }
  if (sequence.tracks.length === 0) return undefined;
  if (sequence.timescale === 0)
    throw malformed('Time passes at no rate.', reader.fileStart + mvhd.start, 'moov', 'mvhd');
  return sequence;
}

/** Reads a track; what it is, where it is left out. */
function readTrack(reader: BoxReader, trak: Box, properties: PropertyReader): PictureTrack | string {
  const { view } = reader;
  const mdia = reader.require(trak, 'mdia');
  const hdlr = reader.require(mdia, 'hdlr');
  reader.demand(hdlr, 12);
  const handler = reader.fourCC(hdlr.bodyStart + 8);
  if (handler !== 'pict' && handler !== 'auxv') return handler;
  const references = readReferences(reader, reader.find(trak, 'tref'));
  if (references.some(({ type }) => type === 'thmb')) return 'thumbnail';
  const minf = reader.require(mdia, 'minf');
  const stbl = reader.require(minf, 'stbl');
  const description = readPictureDescription(reader, reader.require(stbl, 'stsd'), properties);
  if (handler === 'auxv' && !alphaTypes.includes(description.auxiliaryType)) return 'auxiliary pictures';
  const dinf = reader.find(minf, 'dinf');
  if (![...description.dataReferences].every((index) => isSelfContained(reader, dinf, index)))
    throw unsupported('The pictures lie in another file. Save them anew.', reader.fileStart + minf.start, 'dref');
  const tkhd = reader.require(trak, 'tkhd');
  const isLong = reader.version(tkhd) === 1;
  reader.demand(tkhd, isLong ? 96 : 84);
  const idAt = tkhd.bodyStart + (isLong ? 20 : 12);
  const layerAt = tkhd.bodyStart + (isLong ? 44 : 32);
  const mdhd = reader.require(mdia, 'mdhd');
  const isLongMedia = reader.version(mdhd) === 1;
  reader.demand(mdhd, isLongMedia ? 36 : 24);
  const timescale = view.getUint32(mdhd.bodyStart + (isLongMedia ? 20 : 12));
  if (timescale === 0) throw malformed('Time passes at no rate.', reader.fileStart + mdhd.start, 'mdhd');
  return {
    id: view.getUint32(idAt),
    handler,
    isEnabled: (view.getUint8(tkhd.bodyStart + 3) & 1) === 1,
    alternateGroup: view.getUint16(layerAt + 2),
    layer: view.getUint16(layerAt),
    geometry: reader.bytes.slice(layerAt + 8, layerAt + 52),
    timescale,
    duration: readDuration(reader, idAt + 8, isLong),
    edits: readEditList(reader, reader.find(trak, 'edts')),
    references: references.filter(({ type }) => keptReferences.includes(type)),
    description,
    table: readSampleTable(reader, stbl, () => undefined),
    positions: new Float64Array(0),
  };
}

/** All bits set stand for no end. */
function readDuration(reader: BoxReader, at: number, isLong: boolean): number {
  const high = reader.view.getUint32(at);
  const isEndless = high === 0xffffffff && (!isLong || reader.view.getUint32(at + 4) === 0xffffffff);
  if (isEndless) return Number.POSITIVE_INFINITY;
  return isLong ? Math.min(reader.u64(at), Number.MAX_SAFE_INTEGER) : high;
}

function readReferences(reader: BoxReader, tref: Box | undefined): { type: string; to: number[] }[] {
  if (tref === undefined) return [];
  return reader.children(tref.bodyStart, tref.end, 'tref').map(({ type, bodyStart, end }) => ({
    type,
    to: Array.from({ length: Math.min(MAX_TRACKS, (end - bodyStart) >> 2) }, (_, index) =>
      reader.view.getUint32(bodyStart + index * 4),
    ),
  }));
}

/** Decoders tell a sequence that plays once from one that says nothing by whether there is a list: it stays as it is. */
function readEditList(reader: BoxReader, edts: Box | undefined): EditList | undefined {
  const elst = edts === undefined ? undefined : reader.find(edts, 'elst');
  if (elst === undefined) return undefined;
  const isLong = reader.version(elst) === 1;
  const { view } = reader;
  const length = isLong ? 20 : 12;
  const count = reader.entryCount(elst, length);
  if (count > MAX_EDITS) throw malformed('There are too many edits.', reader.fileStart + elst.start, 'elst');
  const edits = Array.from({ length: count }, (_, index) => {
    const at = elst.bodyStart + 8 + index * length;
    const timeAt = at + (isLong ? 8 : 4);
    const isPause = view.getInt32(timeAt) < 0;
    const mediaTime = isPause
      ? -1
      : isLong
        ? Math.min(reader.u64(timeAt), Number.MAX_SAFE_INTEGER)
        : view.getInt32(timeAt);
    return { duration: readDuration(reader, at, isLong), mediaTime, rate: view.getUint32(at + length - 4) };
  });
  return { isRepeating: (view.getUint8(elst.bodyStart + 3) & 1) === 1, edits };
}

/** Takes the samples in, each as a chunk of its own. */
function* readSamples(window: Window, context: Context, reader: BoxReader, track: PictureTrack, media: Media): Walk {
  const { table, description } = track;
  const { chunks, sizes } = table;
  const { count } = sizes;
  context.countStructures(count);
  const list = new ChunkList();
  const each = new Uint32Array(count);
  track.positions = new Float64Array(count);
  for (let chunk = 0, sample = 0; chunk < chunks.count; chunk++) {
    const number = chunks.descriptions[chunk] ?? 0;
    const entry = description.entries[number - 1];
    if (entry === undefined) throw malformed('Samples name a description that is not there.', reader.fileStart, 'stsc');
    let start = chunks.starts[chunk] ?? 0;
    for (let left = chunks.sampleCounts[chunk] ?? 0; left > 0; left--, sample++) {
      const end = start + (sizes.each?.[sample] ?? sizes.uniform);
      if (end > window.size)
        throw malformed('A picture lies outside of the file: it may be cut off.', Math.min(start, window.size), 'stco');
      const extents = new Extents([{ start, end }]);
      const placed = yield* media.add({ ...entry, extents, offset: start, trail: 'moov' });
      each[sample] = placed.length;
      track.positions[sample] = placed.start;
      list.add(start, placed.length, 1, number);
      start = end;
    }
  }
  if (count === 0) throw malformed('A track holds no pictures.', reader.fileStart, 'stsz');
  table.sizes = { count, uniform: 0, each };
  table.chunks = list.chunks;
}
