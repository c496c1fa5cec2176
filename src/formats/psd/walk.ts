import { concat } from '../../bytes/concat.ts';
import { canonicalProfile } from '../../containers/icc.ts';
import { describeImageResources } from '../../containers/photoshop-inventory.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { keepMerged } from './merged.ts';

const HEADER_LENGTH = 26;
const MAX_DIMENSION = 300_000;
const Mode = { bitmap: 0, gray: 1, indexed: 2, rgb: 3, cmyk: 4, lab: 9 } as const;
/** How many channels are the picture itself, by colour mode; duotones and multichannel pictures depend on resources. */
const colorChannels: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 1, 3: 3, 4: 4, 9: 3 };
/** Colour spaces of profiles that fit. */
const profileSpaces: Readonly<Record<number, string>> = { 1: 'GRAY', 2: 'RGB ', 3: 'RGB ', 4: 'CMYK', 9: 'Lab ' };
const Resource = { profile: 0x040f, version: 0x0421 } as const;
const PALETTE_LENGTH = 768;

/** What the header says. */
export interface PsdHeader {
  /** 2: PSB, with longer lengths. */
  version: number;
  channels: number;
  /** How many of the channels are kept. */
  kept: number;
  width: number;
  height: number;
  depth: number;
  mode: number;
}

/** Walks a PSD or PSB file and keeps its merged picture alone. */
export function* walkPsd(window: Window, plan: Plan, context: Context): Walk {
  if (context.options.psd !== 'flatten') {
    throw unsupported(
      "A Photoshop document holds much that is not seen: hidden layers, embedded files, its history. Export the picture as PNG or JPEG, or set the option psd to 'flatten' to send the merged picture alone.",
      0,
    );
  }
  if (!window.has(0, HEADER_LENGTH + 4)) yield window.need(0, HEADER_LENGTH + 4, 'file header');
  const header = readHeader(window);
  const paletteStart = HEADER_LENGTH + 4;
  const resourcesStart = paletteStart + window.u32be(HEADER_LENGTH);
  const palette = yield* readPalette(window, header, paletteStart, resourcesStart);
  if (!window.has(resourcesStart, 4)) yield window.need(resourcesStart, 4, 'color mode data');
  const blocksStart = resourcesStart + 4;
  const layersStart = blocksStart + window.u32be(resourcesStart);
  if (layersStart - blocksStart > context.options.limits.bufferedBytes) {
    throw limitExceeded('The image resources are too long; raise limits.bufferedBytes to clean the file.', blocksStart);
  }
  if (!window.has(blocksStart, layersStart - blocksStart)) {
    yield window.need(blocksStart, layersStart - blocksStart, 'image resources');
  }
  const resources = rewriteResources(window.view(blocksStart, layersStart), header, plan, context, blocksStart);
  const lengthSize = header.version === 1 ? 4 : 8;
  if (!window.has(layersStart, lengthSize)) yield window.need(layersStart, lengthSize, 'layers');
  const layersLength = lengthSize === 4 ? window.u32be(layersStart) : window.u64be(layersStart);
  const mergedStart = layersStart + lengthSize + layersLength;
  if (layersLength > 0) {
    const where = 'layer and mask information';
    plan.found({ kind: 'history', where, action: 'removed', bytes: layersLength, offset: layersStart });
  }
  const empty = new Uint8Array(lengthSize);
  plan.insert(concat(writeHeader(header), u32(palette.length), palette, u32(resources.length), resources, empty));
  const end = yield* keepMerged(window, plan, header, mergedStart);
  const bytes = window.size - end;
  if (bytes > 0)
    plan.found({ kind: 'trailing-data', where: 'after image data', action: 'removed', bytes, offset: end });
  plan.residual.add('What the merged picture shows; its layers and its transparency are gone.');
}

function readHeader(window: Window): PsdHeader {
  const version = window.u16be(4);
  const channels = window.u16be(12);
  const [height, width] = [window.u32be(14), window.u32be(18)];
  const [depth, mode] = [window.u16be(22), window.u16be(24)];
  const kept = colorChannels[mode];
  if (version !== 1 && version !== 2)
    throw unsupported(`The document is of version ${version}, which is not known.`, 4);
  if (kept === undefined) {
    throw unsupported(
      'The colours of a duotone or multichannel picture depend on what is not kept. Convert it to RGB.',
      24,
    );
  }
  const isSize = width > 0 && height > 0 && width <= MAX_DIMENSION && height <= MAX_DIMENSION;
  const isDepth =
    mode === Mode.bitmap ? depth === 1 : depth === 8 || (mode !== Mode.indexed && (depth === 16 || depth === 32));
  if (!isSize || !isDepth || channels < kept || channels > 56) {
    throw malformed('The header gives the picture a size, depth or channels that it can not have.', 12, 'file header');
  }
  return { version, channels, kept, width, height, depth, mode };
}

function writeHeader({ version, kept, width, height, depth, mode }: PsdHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x38425053);
  view.setUint16(4, version);
  view.setUint16(12, kept);
  view.setUint32(14, height);
  view.setUint32(18, width);
  view.setUint16(22, depth);
  view.setUint16(24, mode);
  return bytes;
}

/** The colours of an indexed picture; what others have here only tells how they were made. */
function* readPalette(window: Window, { mode }: PsdHeader, start: number, end: number): Walk<Uint8Array> {
  if (mode !== Mode.indexed) return new Uint8Array(0);
  if (end - start < PALETTE_LENGTH) throw malformed('The picture has no colour table.', start, 'color mode data');
  if (!window.has(start, PALETTE_LENGTH)) yield window.need(start, PALETTE_LENGTH, 'color mode data');
  return window.view(start, start + PALETTE_LENGTH);
}

/** The resources that are kept: the profile, and that there is a merged picture. */
function rewriteResources(
  blocks: Uint8Array,
  { mode }: PsdHeader,
  plan: Plan,
  context: Context,
  start: number,
): Uint8Array {
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
  let profile: Uint8Array = new Uint8Array(0);
  for (let at = 0; at + 12 <= blocks.length; ) {
    context.countStructures();
    const sizeAt = at + 6 + (((blocks[at + 6] ?? 0) + 2) & ~1);
    if (sizeAt + 4 > blocks.length) break;
    const size = view.getUint32(sizeAt);
    const data = blocks.subarray(sizeAt + 4, sizeAt + 4 + size);
    const id = view.getUint16(at + 4);
    if (id === Resource.version && data.length > 4 && data[4] === 0) {
      throw unsupported(
        'The document was saved without its merged picture. Save it with maximal compatibility.',
        start + at,
      );
    }
    if (id === Resource.profile && profile.length === 0 && context.keeps('colorProfile')) {
      const canonical = canonicalProfile(data);
      if (canonical.usable && canonical.colorSpace === profileSpaces[mode]) profile = canonical.bytes;
      else if (mode === Mode.cmyk) {
        throw unsupported(
          "The picture's colours depend on a profile that can't be read. Convert it to sRGB.",
          start + at,
        );
      }
    }
    at = sizeAt + 4 + size + (size & 1);
  }
  const version = block(Resource.version, Uint8Array.of(0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
  const written = profile.length > 0 ? concat(block(Resource.profile, profile), version) : version;
  const isSame = blocks.length === written.length && blocks.every((byte, at) => byte === written[at]);
  if (!isSame && blocks.length > 0) {
    const described = describeImageResources(blocks, context.options.values);
    const place = { where: 'image resources', bytes: blocks.length, offset: start };
    plan.found({ ...described, ...place, action: profile.length > 0 ? 'rewritten' : 'removed' });
  }
  return written;
}

/** An image resource block without a name. */
function block(id: number, data: Uint8Array): Uint8Array {
  const header = Uint8Array.of(0x38, 0x42, 0x49, 0x4d, id >> 8, id & 0xff, 0, 0);
  return concat(header, u32(data.length), data, new Uint8Array(data.length & 1));
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}
