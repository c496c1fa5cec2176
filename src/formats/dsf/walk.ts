import { DSF_LAYOUT, readChunk, writeChunkHeader } from '../../containers/chunks.ts';
import { findTagsAtEnd } from '../../containers/tags.ts';
import type { Context } from '../../core/context.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

const HEADER_LENGTH = 12;
/** Header, size of the file 8, pointer to the metadata 8. */
const DSD_LENGTH = 28;
/** Header; version, id, channel type, channels, rate, bits: 4 each; count of samples 8; block size and a reserved word 4 each. */
const FMT_LENGTH = 52;
const HEADERS_END = DSD_LENGTH + FMT_LENGTH;
/** The only format id there is: plain one-bit samples. */
const DSD_RAW = 0;
/** The only length of a block there is. */
const BLOCK_LENGTH = 4096;
/** The layouts go up to five channels and a subwoofer. */
const MAX_CHANNELS = 6;

/** Walks the file. */
export function* walkDsf(window: Window, plan: Plan, context: Context): Walk {
  if (!window.has(0, HEADERS_END + HEADER_LENGTH)) yield window.need(0, HEADERS_END + HEADER_LENGTH, 'DSD');
  const fmt = yield* readChunk(window, DSF_LAYOUT, DSD_LENGTH);
  const data = yield* readChunk(window, DSF_LAYOUT, HEADERS_END);
  if (fmt?.id !== 'fmt ' || fmt.next !== HEADERS_END) {
    throw malformed('The description of the sound is missing.', DSD_LENGTH, 'fmt ');
  }
  if (data?.id !== 'data') throw malformed('The sound is missing.', HEADERS_END, 'data');
  if (window.u32le(DSD_LENGTH + 16) !== DSD_RAW) {
    throw unsupported('The sound is coded in a way that is not known.', DSD_LENGTH + 16, 'fmt ');
  }
  const pointer = window.u64le(20);
  const header = new Uint8Array(HEADERS_END);
  // Of `fmt `, the last word is reserved; of `DSD `, the pointer to the metadata stays 0.
  header.set(window.view(DSD_LENGTH, HEADERS_END - 4), DSD_LENGTH);
  let storedEnd = data.bodyEnd;
  if (storedEnd > window.size) {
    // The sound of a file that was cut off is the rest of it, without the metadata of who tagged it afterwards.
    const bound = pointer >= data.bodyStart && pointer < window.size ? pointer : window.size;
    const [tag] = yield* findTagsAtEnd(window, data.bodyStart, bound);
    storedEnd = tag?.start ?? bound;
  }
  const payload = new Plan(context.describes);
  const end = keepSamples(new DataView(header.buffer, DSD_LENGTH), payload, data.bodyStart, storedEnd);

  header.set(writeChunkHeader(DSF_LAYOUT, 'DSD ', DSD_LENGTH - HEADER_LENGTH));
  const size = HEADERS_END + HEADER_LENGTH + payload.length;
  new DataView(header.buffer).setBigUint64(HEADER_LENGTH, BigInt(size), true);
  plan.insert(header);
  plan.insert(writeChunkHeader(DSF_LAYOUT, 'data', payload.length));
  plan.append(payload);
  const bytes = window.size - end;
  if (bytes > 0) {
    plan.found({ kind: 'author', where: 'metadata behind the data', action: 'removed', bytes, offset: end });
  }
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}

/**
 * Keeps the blocks that the count of samples needs, with zeros for what it does not need of the last ones: there is one block
 * for each channel in turn.
 * @returns where the blocks end
 */
function keepSamples(fmt: DataView, payload: Plan, start: number, end: number): number {
  const channels = fmt.getUint32(24, true);
  const bits = fmt.getUint32(32, true);
  const samples = Number(fmt.getBigUint64(36, true));
  if (channels === 0 || channels > MAX_CHANNELS || fmt.getUint32(44, true) !== BLOCK_LENGTH) {
    throw malformed('The description of the sound makes no sense.', DSD_LENGTH, 'fmt ');
  }
  const perChannel = bits === 8 ? samples : Math.ceil(samples / 8);
  const blocks = Math.ceil(perChannel / BLOCK_LENGTH);
  const neededEnd = start + blocks * BLOCK_LENGTH * channels;
  if (blocks === 0 || neededEnd > end) {
    payload.keep(start, end);
    return end;
  }
  const lastStart = neededEnd - BLOCK_LENGTH * channels;
  const used = perChannel - (blocks - 1) * BLOCK_LENGTH;
  payload.keep(start, lastStart);
  for (let channel = 0; channel < channels; channel++) {
    const blockStart = lastStart + channel * BLOCK_LENGTH;
    payload.keep(blockStart, blockStart + used);
    payload.insert(new Uint8Array(BLOCK_LENGTH - used));
  }
  return neededEnd;
}
