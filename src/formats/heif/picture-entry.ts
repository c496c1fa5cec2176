// Sample entries of pictures, rebuilt from an allowlist (ISO/IEC 14496-12 §12.1.3, 14496-15 §8.4.1, 23008-12 §7; AV1-ISOBMFF §2.2).
import { latin1Bytes } from '../../bytes/text.ts';
import {
  type Box,
  type BoxReader,
  box,
  fullBox,
  type NewBox,
  printableType,
  u16,
  u32,
} from '../../containers/isobmff/box.ts';
import { malformed, ScrubError, unsupported } from '../../core/errors.ts';
import { type Coding, sampleCodings } from './policy.ts';
import { auxiliaryType, type PropertyReader } from './properties.ts';

/** How the samples of a track are coded. */
export interface PictureDescription {
  /** Samples name them from 1. */
  entries: { box: NewBox; type: string; coding: Coding; lengthSize: number }[];
  /** What kind of auxiliary pictures they are; empty where they are none. */
  auxiliaryType: string;
  /** Numbers of the data references that say in which file the samples lie. */
  dataReferences: Set<number>;
}

const MAX_ENTRIES = 100;
/** Of the fields of every entry of pictures. */
const FIELDS_LENGTH = 78;
const DPI_72 = 0x480000;
/** Boxes of an entry that are written as properties of items are. */
const propertyBoxes = ['hvcC', 'avcC', 'av1C', 'colr', 'pasp', 'clap', 'clli', 'mdcv', 'amve'];

/** Reads the sample entries of a track of pictures. */
export function readPictureDescription(reader: BoxReader, stsd: Box, properties: PropertyReader): PictureDescription {
  reader.demand(stsd, 8);
  const entries = reader.children(stsd.bodyStart + 8, stsd.end, 'stsd');
  if (entries.length === 0 || entries.length > MAX_ENTRIES)
    throw malformed('Nothing says how the pictures are coded.', reader.fileStart + stsd.start, 'stsd');
  const description: PictureDescription = { entries: [], auxiliaryType: '', dataReferences: new Set() };
  for (const entry of entries) readEntry(reader, entry, properties, description);
  return description;
}

function readEntry(reader: BoxReader, entry: Box, properties: PropertyReader, description: PictureDescription): void {
  const { type, start, bodyStart, end } = entry;
  const offset = reader.fileStart + start;
  const coding = sampleCodings.get(type);
  if (type === 'encv' || type === 'resv')
    throw new ScrubError('encrypted', 'The pictures are encrypted.', { offset, trail: ['stsd'] });
  if (coding === undefined)
    throw unsupported(
      "The pictures of the sequence are coded in a way that can't be cleaned. Convert them and try again.",
      offset,
      'stsd',
      printableType(type),
    );
  reader.demand(entry, FIELDS_LENGTH);
  const parts: NewBox[] = [];
  let lengthSize: number | undefined;
  let auxiliary: NewBox | undefined;
  for (const child of reader.children(bodyStart + FIELDS_LENGTH, end, type)) {
    if (propertyBoxes.includes(child.type)) {
      const property = properties.read(child, false);
      if (property === undefined) continue;
      lengthSize = property.lengthSize ?? lengthSize;
      parts.push(property.box);
    } else if (child.type === 'ccst') {
      reader.demand(child, 8);
      // Of 32 bits the upper six are used (23008-12 §7.2.3).
      parts.push(fullBox('ccst', 0, 0, u32((reader.view.getUint32(child.bodyStart + 4) & 0xfc000000) >>> 0)));
    } else if (child.type === 'auxi') {
      description.auxiliaryType = auxiliaryType(reader, child);
      auxiliary = fullBox('auxi', 0, 0, latin1Bytes(`${description.auxiliaryType}\0`));
    } else if (child.type === 'sinf')
      throw new ScrubError('encrypted', 'The pictures are encrypted.', { offset, trail: ['stsd', 'sinf'] });
  }
  if (lengthSize === undefined) throw malformed('Nothing says how the pictures are coded.', offset, 'stsd', type);
  if (auxiliary !== undefined) parts.push(auxiliary);
  description.dataReferences.add(reader.view.getUint16(bodyStart + 6));
  const size = reader.bytes.slice(bodyStart + 24, bodyStart + 28);
  const fields = [new Uint8Array(6), u16(1), new Uint8Array(16), size, u32(DPI_72), u32(DPI_72), u32(0), u16(1)];
  const written = box(type, ...fields, new Uint8Array(32), u16(0x18), u16(0xffff), ...parts);
  description.entries.push({ box: written, type, coding, lengthSize });
}
