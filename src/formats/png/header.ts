import { areEqual } from '../../bytes/equal.ts';
import { ColorType, type ImageHeader } from '../../containers/png/image-header.ts';
import { type Chunk, loadChunk, writeChunk } from '../../containers/png.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import {
  isHdr,
  readBackground,
  readChromaticities,
  readCodePoints,
  readGamma,
  readIntent,
  readPalette,
  readTransparency,
} from './color.ts';
import { readDensity } from './density.ts';
import { headerOrder, ruleFor } from './policy.ts';
import { readProfile } from './profile.ts';

/** A chunk that was met, with its data. */
interface Met {
  chunk: Chunk;
  data: Uint8Array;
  isWritten: boolean;
}

/** Chunks that libpng ignores behind PLTE (§5.6). */
const beforePalette: readonly string[] = ['cICP', 'iCCP', 'sRGB', 'gAMA', 'cHRM', 'mDCV', 'cLLI'];

/** What stands in front of the coded picture: collected chunk by chunk, then written in one canonical order. */
export class Header {
  readonly image: ImageHeader;
  readonly #plan: Plan;
  readonly #context: Context;
  readonly #met: Map<string, Met> = new Map();

  constructor(plan: Plan, context: Context, image: ImageHeader) {
    this.#plan = plan;
    this.#context = context;
    this.image = image;
  }

  /** Takes a chunk as decoders do: the first of its type, in its place, with a right CRC. */
  *take(window: Window, chunk: Chunk): Walk {
    const { type, start } = chunk;
    const isWhole = yield* loadChunk(window, chunk, this.#context.options.limits.bufferedBytes);
    const isIndexed = this.image.colorType === ColorType.indexed;
    if (type === 'PLTE') {
      if (!isWhole) throw malformed('The palette is damaged: its CRC is wrong.', start, type);
      if (this.#met.has(type)) throw malformed('The file has two palettes.', start, type);
    } else if (this.#met.has(type)) return this.#drop(chunk, 'Decoders obey the first of its kind.');
    else if (!isWhole) return this.#drop(chunk, 'Decoders ignore it: its CRC is wrong.');
    else if (this.#met.has('PLTE') ? beforePalette.includes(type) : isIndexed && (type === 'tRNS' || type === 'bKGD')) {
      return this.#drop(chunk, 'Decoders ignore it: it stands on the wrong side of the palette.');
    }
    this.#met.set(type, { chunk, data: window.view(chunk.dataStart, chunk.dataEnd), isWritten: false });
  }

  /** Notes that a chunk is dropped. */
  #drop({ type, start, end }: Chunk, note?: string): void {
    const { kind } = ruleFor(type);
    const finding = { kind, where: type, action: 'removed', bytes: end - start, offset: start } as const;
    this.#plan.found(note === undefined ? finding : { ...finding, note });
  }

  /** Writes the chunks, each in canonical form. */
  *write(): Walk {
    if (this.image.colorType === ColorType.indexed) this.#requirePalette();
    const [profile, srgb] = [this.#met.get('iCCP'), this.#met.get('sRGB')];
    for (const type of headerOrder) {
      if (type !== 'iCCP') this.#write(type);
      else if (profile !== undefined) {
        // Of the two, older versions of libpng obey the first.
        if (srgb !== undefined && srgb.chunk.start < profile.chunk.start) this.#write('sRGB');
        yield* this.#writeProfile(profile);
      }
    }
  }

  /** Writes a chunk whose content does not have to be unpacked, once. */
  #write(type: string): void {
    const met = this.#met.get(type);
    if (met === undefined || met.isWritten) return;
    const data = this.#canonical(type, met.data);
    if (data !== undefined) this.#keep(type, met, data);
    else {
      this.#drop(met.chunk);
      this.#met.delete(type);
    }
  }

  #keep(type: string, { chunk, data }: Met, canonical: Uint8Array): void {
    const { start, end } = chunk;
    // What follows depends on what is left of it.
    this.#met.set(type, { chunk, data: canonical, isWritten: true });
    if (areEqual(canonical, data)) {
      this.#plan.keep(start, end);
      return;
    }
    this.#plan.insert(writeChunk(type, canonical));
    const { kind } = ruleFor(type);
    this.#plan.found({ kind, where: type, action: 'rewritten', bytes: end - start, offset: start });
  }

  #requirePalette(): void {
    const palette = this.#met.get('PLTE');
    if (palette === undefined) throw malformed('The picture needs a palette, and there is none.', undefined, 'PLTE');
    if (readPalette(palette.data, this.image) === undefined) {
      throw malformed('The palette has a length that no palette has.', palette.chunk.start, 'PLTE');
    }
  }

  /** The data in canonical form; nothing for a chunk that is dropped. */
  #canonical(type: string, data: Uint8Array): Uint8Array | undefined {
    const { image } = this;
    const entries = (this.#met.get('PLTE')?.data.length ?? 0) / 3;
    switch (type) {
      case 'PLTE':
        // With other colour types it only suggests colours to screens that have few.
        return image.colorType === ColorType.indexed ? readPalette(data, image) : undefined;
      case 'tRNS':
        return readTransparency(data, image, entries);
      case 'bKGD':
        return this.#isTransparent() ? readBackground(data, image, entries) : undefined;
      case 'cICP':
        return readCodePoints(data);
      case 'sRGB':
        return readIntent(data);
      case 'gAMA':
        return readGamma(data);
      case 'cHRM':
        return readChromaticities(data);
      case 'mDCV':
        return data.length === 24 && isHdr(this.#met.get('cICP')?.data) ? data : undefined;
      case 'cLLI':
        return data.length === 8 && isHdr(this.#met.get('cICP')?.data) ? data : undefined;
      default:
        return readDensity(data, this.#context);
    }
  }

  #isTransparent(): boolean {
    const { colorType } = this.image;
    return colorType === ColorType.grayAlpha || colorType === ColorType.rgbAlpha || this.#met.has('tRNS');
  }

  *#writeProfile({ chunk, data }: Met): Walk {
    if (!this.#context.keeps('colorProfile')) return this.#drop(chunk);
    const { start, end } = chunk;
    const place = { kind: 'color-profile', where: 'iCCP', bytes: end - start, offset: start } as const;
    const profile = yield* readProfile(this.#context, data, this.image);
    if ('reason' in profile) return this.#drop(chunk, `Decoders ignore it. ${profile.reason}`);
    if ('intent' in profile) {
      // sRGB is next in the order, unless there is one that says so already.
      if (!this.#met.has('sRGB')) this.#plan.insert(writeChunk('sRGB', Uint8Array.of(profile.intent)));
      this.#plan.found({
        ...place,
        action: 'rewritten',
        note: 'It is a standard profile of sRGB: an sRGB chunk says so.',
      });
    } else if (profile.data === data) {
      this.#plan.keep(start, end);
      this.#plan.found({ ...place, action: 'kept' });
    } else {
      this.#plan.insert(writeChunk('iCCP', profile.data));
      this.#plan.found({ ...place, action: 'rewritten' });
    }
  }
}
