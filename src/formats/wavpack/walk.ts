import { concat } from '../../bytes/concat.ts';
import { carryTagsBehind } from '../../containers/kept-tag.ts';
import { findTags } from '../../containers/tags.ts';
import type { Context } from '../../core/context.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { BLOCK_CHECKSUM, ruleFor } from './policy.ts';

const HEADER_LENGTH = 32;
/** The size field counts all but itself and the id in front of it. */
const UNCOUNTED_LENGTH = 8;
/** Decoders refuse blocks that are not below this length. */
const MAX_BLOCK_LENGTH = 1024 * 1024;
/** Versions of the stream that decoders play. */
const MIN_VERSION = 0x402;
const MAX_VERSION = 0x410;
const FLAGS_AT = 24;
/** A flag: the block ends with a checksum. */
const HAS_CHECKSUM = 0x10000000;
/** Bits of a sub-block's id. */
const ODD_SIZE = 0x40;
const LARGE = 0x80;
const UNIQUE = 0x3f;

/** A sub-block in its block. */
interface SubBlock {
  id: number;
  start: number;
  dataStart: number;
  dataEnd: number;
  /** Where the next begins: behind a byte that pads odd data. */
  end: number;
}

/** Walks a WavPack file. */
export function* walkWavpack(window: Window, plan: Plan, context: Context): Walk {
  const { audioStart, audioEnd, tags } = yield* findTags(window);
  const tagsBehind = yield* carryTagsBehind(window, plan, context, tags);
  let at = audioStart;
  let samples = 0;
  while (at + HEADER_LENGTH <= audioEnd) {
    if (!window.has(at, HEADER_LENGTH)) yield window.need(at, HEADER_LENGTH, 'block');
    const end = at + UNCOUNTED_LENGTH + window.u32le(at + 4);
    if (!isBlock(window, at, end)) break;
    // A block that was cut off can't be decoded.
    if (end > audioEnd) break;
    context.countStructures();
    samples += window.u32le(at + 20);
    yield* walkBlock(window, plan, context, at, end);
    at = end;
  }
  if (samples === 0) throw malformed('The file holds no whole block of sound.', at, 'block');
  if (at < audioEnd) {
    const bytes = audioEnd - at;
    plan.found({ kind: 'trailing-data', where: 'after the last block', action: 'removed', bytes, offset: at });
  }
  plan.appendPieces(tagsBehind);
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}

function isBlock(window: Window, start: number, end: number): boolean {
  const version = window.u16le(start + 8);
  const length = end - start;
  const isSane = length >= HEADER_LENGTH && length < MAX_BLOCK_LENGTH && length % 2 === 0;
  return window.fourCC(start) === 'wvpk' && isSane && version >= MIN_VERSION && version <= MAX_VERSION;
}

/** Carries a block over: as it is, or written anew without what is dropped; one that holds nothing else is left out. */
function* walkBlock(window: Window, plan: Plan, context: Context, start: number, end: number): Walk {
  const kept: (SubBlock | Uint8Array)[] = [];
  let keptLength = 0;
  let hasChanged = false;
  let holdsAny = false;
  for (let at = start + HEADER_LENGTH; at < end; ) {
    const subBlock = yield* readSubBlock(window, at, end);
    context.countStructures();
    const { id, dataStart, dataEnd } = subBlock;
    const rule = ruleFor(id);
    if (rule === undefined) {
      throw unsupported(`The sound is coded in a way that is not known (sub-block 0x${id.toString(16)}).`, at, 'block');
    }
    const padding = subBlock.end > dataEnd ? yield* readByte(window, dataEnd) : 0;
    at = subBlock.end;
    if ('drop' in rule) {
      hasChanged = true;
      const place = { where: `block › ${rule.name}`, bytes: at - subBlock.start, offset: subBlock.start };
      plan.found({ kind: rule.drop, action: 'removed', ...place });
    } else if (dataEnd - dataStart > rule.keep || padding !== 0) {
      hasChanged = true;
      const bytes = dataEnd - dataStart - Math.min(dataEnd - dataStart, rule.keep) + (padding === 0 ? 0 : 1);
      plan.found({ kind: 'structure', where: 'block › slack', action: 'removed', bytes, offset: dataEnd });
      const rewritten = yield* rewrite(window, subBlock, rule.keep);
      kept.push(rewritten);
      keptLength += rewritten.length;
    } else {
      kept.push(subBlock);
      keptLength += at - subBlock.start;
    }
    if (!('drop' in rule) && id !== BLOCK_CHECKSUM) holdsAny = true;
  }
  if (!hasChanged) plan.keep(start, end);
  else if (holdsAny) yield* writeBlock(window, plan, start, end, kept, keptLength);
}

function* readByte(window: Window, at: number): Walk<number> {
  if (!window.has(at, 1)) yield window.need(at, 1, 'block');
  return window.u8(at);
}

function* readSubBlock(window: Window, start: number, end: number): Walk<SubBlock> {
  const headerLength = Math.min(4, end - start);
  if (!window.has(start, headerLength)) yield window.need(start, headerLength, 'block');
  const byte = window.u8(start);
  const isLarge = (byte & LARGE) !== 0;
  const isOdd = (byte & ODD_SIZE) !== 0;
  const dataStart = start + (isLarge ? 4 : 2);
  const words = dataStart > end ? Number.POSITIVE_INFINITY : isLarge ? window.u24le(start + 1) : window.u8(start + 1);
  const subBlockEnd = dataStart + words * 2;
  if (subBlockEnd > end || (isOdd && words === 0)) {
    throw malformed('A part of a block runs past its end.', start, 'block');
  }
  return { id: byte & UNIQUE, start, dataStart, dataEnd: subBlockEnd - (isOdd ? 1 : 0), end: subBlockEnd };
}

/** A sub-block with its data cut at `longest`, and a pad byte of zero where one is due. */
function* rewrite(window: Window, { id, dataStart, dataEnd, end }: SubBlock, longest: number): Walk<Uint8Array> {
  if (!window.has(dataStart, end - dataStart)) yield window.need(dataStart, end - dataStart, 'block');
  const length = Math.min(dataEnd - dataStart, longest);
  const words = Math.ceil(length / 2);
  const isLarge = words > 0xff;
  const header = isLarge ? [LARGE, words & 0xff, (words >> 8) & 0xff, words >> 16] : [0, words];
  header[0] = (header[0] ?? 0) | id | (length % 2 === 1 ? ODD_SIZE : 0);
  const written = new Uint8Array(header.length + words * 2);
  written.set(header);
  written.set(window.view(dataStart, dataStart + length), header.length);
  return written;
}

/** Writes a block of the sub-blocks that are kept, with its length and checksum made right. */
function* writeBlock(
  window: Window,
  plan: Plan,
  start: number,
  end: number,
  kept: readonly (SubBlock | Uint8Array)[],
  keptLength: number,
): Walk {
  if (!window.has(start, end - start)) yield window.need(start, end - start, 'block');
  const header = new Uint8Array(window.view(start, start + HEADER_LENGTH));
  const view = new DataView(header.buffer);
  view.setUint32(4, HEADER_LENGTH - UNCOUNTED_LENGTH + keptLength, true);
  const parts = kept.map((part) => ('start' in part ? window.view(part.start, part.end) : part));
  const last = parts.at(-1);
  const hasChecksum = last !== undefined && ((last[0] ?? 0) & UNIQUE) === BLOCK_CHECKSUM;
  if (!hasChecksum) view.setUint32(FLAGS_AT, (view.getUint32(FLAGS_AT, true) & ~HAS_CHECKSUM) >>> 0, true);
  const checked = hasChecksum ? kept.slice(0, -1) : kept;
  plan.insert(header);
  for (const part of checked) {
    if ('start' in part) plan.keep(part.start, part.end);
    else plan.insert(part);
  }
  if (hasChecksum) plan.insert(checksum(concat(header, ...parts.slice(0, -1)), last));
}

/** The checksum sub-block for a block, in the length that it has: 4 bytes or 2. */
function checksum(block: Uint8Array, { length }: Uint8Array): Uint8Array {
  let sum = 0xffffffff;
  for (let at = 0; at < block.length; at += 2) {
    sum = (Math.imul(sum, 3) + ((block[at] ?? 0) | ((block[at + 1] ?? 0) << 8))) >>> 0;
  }
  if (length === 4)
    return Uint8Array.of(BLOCK_CHECKSUM, 1, (sum ^ (sum >>> 16)) & 0xff, ((sum ^ (sum >>> 16)) >> 8) & 0xff);
  return Uint8Array.of(BLOCK_CHECKSUM, 2, sum & 0xff, (sum >> 8) & 0xff, (sum >> 16) & 0xff, sum >>> 24);
}
