// The movie box: which tracks there are, what each holds, when it plays (ISO/IEC 14496-12 §8.2–§8.6).
import type { Box, BoxReader } from '../../containers/isobmff/box.ts';
import { type FragmentSamples, readDefaults, readFragment } from '../../containers/isobmff/fragments.ts';
import { mergeRuns, readSampleTable, type SampleTable } from '../../containers/isobmff/sample-table.ts';
import { malformed, ScrubError, unsupported } from '../../core/errors.ts';
import { readSampleEntries } from './sample-entry.ts';

/** An entry of an edit list (§8.6.6). */
export interface Edit {
  /** In the movie's timescale. */
  duration: number;
  /** In the track's timescale; −1 is silence. */
  mediaTime: number;
  /** Fixed-point 16.16. */
  rate: number;
}

/** A sound track. */
export interface Track {
  id: number;
  isEnabled: boolean;
  alternateGroup: number;
  volume: number;
  timescale: number;
  /** Packed ISO 639-2/T code. */
  language: number;
  balance: number;
  edits: Edit[];
  /** Canonical sample entries, from 1. */
  entries: Uint8Array[];
  /** Whether the samples are AAC. */
  isAac: boolean;
  table: SampleTable;
  /** Sample groups that say where decoding may begin: `sgpd` and `sbgp` boxes as found. */
  groups: Uint8Array[];
}

/** A track that is left behind. */
export interface OtherTrack {
  handler: string;
  /** Length of its samples in bytes. */
  bytes: number;
  /** Absolute offset of its box. */
  offset: number;
}

/** What a file plays. */
export interface Movie {
  timescale: number;
  rate: number;
  volume: number;
  tracks: Track[];
  others: OtherTrack[];
}

/** A box that holds boxes, with the bytes it lies in. */
export interface Fragment {
  reader: BoxReader;
  moof: Box;
}

/** Grouping types that players use to begin decoding (§10, ISO/IEC 14496-15, 14496-3). */
const KEPT_GROUPS = ['roll', 'prol'];

/** Reads a movie box and the fragments that go with it. */
export function readMovie(
  reader: BoxReader,
  moov: Box,
  fragments: readonly Fragment[],
  fileSize: number,
  countSamples: (count: number) => void,
): Movie {
  const mvhd = reader.require(moov, 'mvhd');
  const isLong = reader.version(mvhd) === 1;
  reader.demand(mvhd, isLong ? 112 : 100);
  const timeAt = mvhd.bodyStart + (isLong ? 20 : 12);
  const rateAt = timeAt + (isLong ? 12 : 8);
  const { view } = reader;
  const movie: Movie = {
    timescale: view.getUint32(timeAt),
    rate: view.getUint32(rateAt),
    volume: view.getUint16(rateAt + 4),
    tracks: [],
    others: [],
  };
  if (movie.timescale === 0) throw malformed('Time passes at no rate.', reader.fileStart + mvhd.start, 'moov', 'mvhd');
  const children = reader.children(moov.bodyStart, moov.end, 'moov');
  const samples = new Map<number, FragmentSamples>();
  const defaults = readDefaults(
    reader,
    children.find(({ type }) => type === 'mvex'),
  );
  for (const fragment of fragments) readFragment(fragment.reader, fragment.moof, defaults, samples, countSamples);
  for (const trak of children.filter(({ type }) => type === 'trak')) {
    try {
      readTrack(reader, trak, movie, samples, fileSize);
    } catch (error) {
      throw error instanceof ScrubError ? error.within(undefined, 0, ['moov', 'trak']) : error;
    }
  }
  return movie;
}

function readTrack(
  reader: BoxReader,
  trak: Box,
  movie: Movie,
  samples: ReadonlyMap<number, FragmentSamples>,
  fileSize: number,
): void {
  const { view } = reader;
  const tkhd = reader.require(trak, 'tkhd');
  const isLong = reader.version(tkhd) === 1;
  reader.demand(tkhd, isLong ? 96 : 84);
  const id = view.getUint32(tkhd.bodyStart + (isLong ? 20 : 12));
  const layerAt = tkhd.bodyStart + (isLong ? 44 : 32);
  const mdia = reader.require(trak, 'mdia');
  const hdlr = reader.require(mdia, 'hdlr');
  reader.demand(hdlr, 12);
  const handler = reader.fourCC(hdlr.bodyStart + 8);
  const minf = reader.require(mdia, 'minf');
  const stbl = reader.require(minf, 'stbl');
  throwIfElsewhere(reader, minf);
  const table = readSampleTable(reader, stbl, fileSize);
  addFragments(table, samples.get(id));
  const bytes = table.chunks.reduce((sum, { length }) => sum + length, 0);
  if (handler !== 'soun') {
    if (handler === 'vide' && !isStill(reader, trak, table)) {
      throw unsupported(
        'The file holds moving pictures, which are not cleaned.',
        reader.fileStart + trak.start,
        'hdlr',
      );
    }
    movie.others.push({ handler, bytes, offset: reader.fileStart + trak.start });
    return;
  }
  const mdhd = reader.require(mdia, 'mdhd');
  const isLongMedia = reader.version(mdhd) === 1;
  reader.demand(mdhd, isLongMedia ? 36 : 24);
  const timescaleAt = mdhd.bodyStart + (isLongMedia ? 20 : 12);
  const smhd = reader.find(minf, 'smhd');
  const { entries, isAac } = readSampleEntries(reader, reader.require(stbl, 'stsd'));
  const timescale = view.getUint32(timescaleAt);
  if (timescale === 0) throw malformed('Time passes at no rate.', reader.fileStart + mdhd.start, 'mdhd');
  if (table.chunks.some(({ description }) => description < 1 || description > entries.length)) {
    throw malformed('Samples name a description that is not there.', reader.fileStart + stbl.start, 'stsc');
  }
  movie.tracks.push({
    id,
    isEnabled: (view.getUint32(tkhd.bodyStart) & 1) === 1,
    alternateGroup: view.getUint16(layerAt + 2),
    volume: view.getUint16(layerAt + 4),
    timescale,
    language: view.getUint16(timescaleAt + (isLongMedia ? 12 : 8)),
    balance: smhd === undefined || smhd.end - smhd.bodyStart < 8 ? 0 : view.getUint16(smhd.bodyStart + 4),
    edits: readEdits(reader, reader.find(trak, 'edts')),
    entries,
    isAac,
    table,
    groups: readGroups(reader, stbl),
  });
}

/** Samples may lie in another file only where a data reference says so (§8.7.2). */
function throwIfElsewhere(reader: BoxReader, minf: Box): void {
  const dinf = reader.find(minf, 'dinf');
  const dref = dinf === undefined ? undefined : reader.find(dinf, 'dref');
  if (dref === undefined) return;
  reader.demand(dref, 8);
  for (const entry of reader.children(dref.bodyStart + 8, dref.end, 'dref')) {
    const isHere = entry.end - entry.bodyStart >= 4 && (reader.view.getUint32(entry.bodyStart) & 1) === 1;
    const isEmpty = entry.end - entry.bodyStart <= 4;
    if (!isHere && !isEmpty) {
      throw unsupported(
        'The sound lies in another file than this one.',
        reader.fileStart + entry.start,
        'dref',
        entry.type,
      );
    }
  }
}

/** A picture that goes with chapters or stands for a cover: coded pictures that each stand for themselves. */
function isStill(reader: BoxReader, trak: Box, { sizes }: SampleTable): boolean {
  const stsd = reader.require(reader.require(reader.require(reader.require(trak, 'mdia'), 'minf'), 'stbl'), 'stsd');
  const codings = reader.children(stsd.bodyStart + 8, stsd.end, 'stsd').map(({ type }) => type);
  return sizes.length <= 1 || codings.every((coding) => coding === 'jpeg' || coding === 'png ');
}

function addFragments(table: SampleTable, more: FragmentSamples | undefined): void {
  if (more === undefined) return;
  const sizes = new Uint32Array(table.sizes.length + more.sizes.length);
  sizes.set(table.sizes);
  sizes.set(more.sizes, table.sizes.length);
  table.sizes = sizes;
  table.durations = mergeRuns([...table.durations, ...more.durations]);
  table.chunks.push(...more.chunks);
}

function readEdits(reader: BoxReader, edts: Box | undefined): Edit[] {
  const elst = edts === undefined ? undefined : reader.find(edts, 'elst');
  if (elst === undefined) return [];
  const isLong = reader.version(elst) === 1;
  const { view } = reader;
  const length = isLong ? 20 : 12;
  reader.demand(elst, 8);
  const count = view.getUint32(elst.bodyStart + 4);
  reader.demand(elst, 8 + count * length);
  return Array.from({ length: count }, (_, index) => {
    const at = elst.bodyStart + 8 + index * length;
    return {
      duration: isLong ? reader.u64(at) : view.getUint32(at),
      mediaTime: isLong ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4),
      rate: view.getUint32(at + length - 4),
    };
  });
}

function readGroups(reader: BoxReader, stbl: Box): Uint8Array[] {
  return reader
    .children(stbl.bodyStart, stbl.end, 'stbl')
    .filter((box) => (box.type === 'sgpd' || box.type === 'sbgp') && box.end - box.bodyStart >= 8)
    .filter((box) => KEPT_GROUPS.includes(reader.fourCC(box.bodyStart + 4)))
    .map(({ start, end }) => reader.bytes.slice(start, end));
}
