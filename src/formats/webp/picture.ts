import { areEqual } from '../../bytes/equal.ts';
import type { Chunk } from '../../containers/chunks.ts';
import { canonicalProfile } from '../../containers/icc.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed } from '../../core/errors.ts';
import type { Plan, Slot } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { chunkLength, RIFF_HEADER_LENGTH, u24, writeChunk, writeRiffHeader } from './chunk.ts';
import { describeDropped } from './describe.ts';
import { canonicalExif, describeExifBlock } from './exif.ts';
import { readFrame, writeFrame } from './frame.ts';
import { hasAlpha, type Image, isComplete, readImageChunk, writeImage } from './image.ts';
import { type ChunkUse, nameChunk, ruleFor } from './policy.ts';

/** RFC 9649 §2.7: which features a file has. */
const Flag = { animation: 0x02, exif: 0x08, alpha: 0x10, profile: 0x20 } as const;

const VP8X_LENGTH = 10;
const ANIM_LENGTH = 6;

/** What the VP8X chunk says. */
interface Features {
  flags: number;
  width: number;
  height: number;
}

/** The picture or animation of a file: taken chunk by chunk, written in the order that RFC 9649 §2.7 demands. */
export class Picture {
  readonly #window: Window;
  readonly #plan: Plan;
  readonly #context: Context;
  /** The RIFF header, and VP8X, ICCP and ANIM: known only when the last chunk was read. */
  readonly #riff: Slot;
  readonly #header: Slot;
  /** What has come of which decoders obey the first alone. */
  readonly #seen: Set<ChunkUse> = new Set();
  readonly #still: Image = { alpha: undefined, bitstream: undefined };
  #features: Features | undefined;
  #profile: Uint8Array | undefined;
  #animation: Uint8Array | undefined;
  #exif: Uint8Array | undefined;
  #frames = 0;
  /** Whether the output is an animation. */
  #isAnimated = false;
  /** Whether a picture that is carried over has an alpha plane, and whether in a chunk of its own. */
  #hasAlpha = false;
  #hasAlphaChunk = false;

  constructor(window: Window, plan: Plan, context: Context) {
    this.#window = window;
    this.#plan = plan;
    this.#context = context;
    this.#riff = plan.slot();
    this.#header = plan.slot();
  }

  /** Takes what is needed of a chunk and drops the rest. What libwebp's demultiplexer refuses is refused. */
  *take(chunk: Chunk): Walk {
    const { use } = ruleFor(chunk.id);
    const name = nameChunk(chunk.id);
    if (chunk.start === RIFF_HEADER_LENGTH) {
      if (use === 'features') yield* this.#takeFeatures(chunk);
      else if (use === 'bitstream') yield* this.#takeStill(chunk);
      else throw malformed('The file begins with a chunk that decoders do not begin with.', chunk.start, name);
      return;
    }
    if (this.#features === undefined) {
      // Behind the picture of a simple file decoders read nothing.
      yield* this.#drop(chunk);
      return;
    }
    const isAnimation = (this.#features.flags & Flag.animation) !== 0;
    if (use === 'features') throw malformed('The file has two VP8X chunks.', chunk.start, name);
    if (use === 'alpha' || use === 'bitstream') {
      if (isAnimation) throw malformed('A picture stands outside of the frames of an animation.', chunk.start, name);
      yield* this.#takeStill(chunk);
    } else if (use === 'frame') {
      if (!isAnimation) throw malformed('A frame stands in a file that is no animation.', chunk.start, name);
      yield* this.#takeFrame(chunk);
    } else if (use === 'animation' && this.#isObeyed(use, Flag.animation)) yield* this.#takeAnimation(chunk);
    else if (use === 'profile' && this.#isObeyed(use, Flag.profile)) yield* this.#takeProfile(chunk);
    else if (use === 'exif' && this.#isObeyed(use, Flag.exif)) yield* this.#takeExif(chunk);
    else yield* this.#drop(chunk);
  }

  /** Whether decoders obey a chunk: VP8X announces it, and it is the first of its kind. */
  #isObeyed(use: ChunkUse, flag: number): boolean {
    const isObeyed = ((this.#features?.flags ?? 0) & flag) !== 0 && !this.#seen.has(use);
    this.#seen.add(use);
    return isObeyed;
  }

  *#drop(chunk: Chunk): Walk {
    if (this.#context.describes) yield* describeDropped(this.#window, this.#plan, this.#context, chunk);
  }

  *#takeFeatures({ start, bodyStart, bodyEnd, next }: Chunk): Walk {
    const window = this.#window;
    if (bodyEnd - bodyStart < VP8X_LENGTH) throw malformed('The chunk is too short.', start, 'VP8X');
    if (!window.has(bodyStart, VP8X_LENGTH)) yield window.need(bodyStart, VP8X_LENGTH, 'VP8X');
    this.#features = {
      flags: window.u8(bodyStart),
      width: window.u24le(bodyStart + 4) + 1,
      height: window.u24le(bodyStart + 7) + 1,
    };
    this.#dropRest(bodyStart + VP8X_LENGTH, next, 'VP8X');
  }

  /** Notes what a structure holds behind its last field. */
  #dropRest(start: number, end: number, where: string): void {
    if (end > start) {
      this.#plan.found({ kind: 'structure', where, action: 'removed', bytes: end - start, offset: start });
    }
  }

  *#takeStill(chunk: Chunk): Walk {
    yield* readImageChunk(this.#window, this.#plan, this.#still, chunk);
    if (!isComplete(this.#still) || this.#still.bitstream.chunk !== chunk) return;
    const { width, height } = this.#still.bitstream;
    const canvas = this.#features;
    if (canvas !== undefined && (canvas.width !== width || canvas.height !== height)) {
      throw malformed('The picture does not have the size of the canvas.', chunk.start, nameChunk(chunk.id));
    }
    writeImage(this.#plan, this.#still);
    this.#note(this.#still);
  }

  /** Takes note of a picture that is carried over. */
  #note(image: Image): void {
    this.#hasAlpha ||= hasAlpha(image);
    this.#hasAlphaChunk ||= image.alpha !== undefined;
  }

  *#takeAnimation({ start, bodyStart, bodyEnd, next }: Chunk): Walk {
    const window = this.#window;
    if (bodyEnd - bodyStart < ANIM_LENGTH) throw malformed('The chunk is too short.', start, 'ANIM');
    if (!window.has(bodyStart, ANIM_LENGTH)) yield window.need(bodyStart, ANIM_LENGTH, 'ANIM');
    this.#animation = window.view(bodyStart, bodyStart + ANIM_LENGTH);
    this.#dropRest(bodyStart + ANIM_LENGTH, next, 'ANIM');
  }

  *#takeFrame(chunk: Chunk): Walk {
    const { start, next } = chunk;
    if (this.#animation === undefined) throw malformed('A frame comes before the ANIM chunk.', start, 'ANMF');
    this.#frames++;
    const keepsAll = this.#context.keeps('animation');
    if (this.#frames > 1 && !keepsAll) {
      this.#plan.found({ kind: 'other', where: 'ANMF', action: 'removed', bytes: next - start, offset: start });
      return;
    }
    const frame = yield* readFrame(this.#window, this.#plan, this.#context, chunk);
    const { x, y, image } = frame;
    const { width, height } = image.bitstream;
    const canvas = this.#features ?? { width: 0, height: 0 };
    if (x + width > canvas.width || y + height > canvas.height) {
      throw malformed('A frame does not lie within the canvas.', start, 'ANMF');
    }
    this.#isAnimated = keepsAll || width !== canvas.width || height !== canvas.height;
    if (this.#isAnimated) writeFrame(this.#plan, frame);
    else writeImage(this.#plan, image);
    this.#note(image);
  }

  /** All the data of a chunk. */
  *#load({ id, start, bodyStart, bodyEnd }: Chunk): Walk<Uint8Array> {
    const window = this.#window;
    const { bufferedBytes } = this.#context.options.limits;
    const length = bodyEnd - bodyStart;
    if (length > bufferedBytes) {
      throw limitExceeded(
        `A chunk of metadata has more than ${bufferedBytes} bytes; raise limits.bufferedBytes to clean the file.`,
        start,
        nameChunk(id),
      );
    }
    if (!window.has(bodyStart, length)) yield window.need(bodyStart, length, nameChunk(id));
    return window.view(bodyStart, bodyEnd);
  }

  *#takeProfile(chunk: Chunk): Walk {
    if (!this.#context.keeps('colorProfile')) {
      yield* this.#drop(chunk);
      return;
    }
    const profile = yield* this.#load(chunk);
    const canonical = canonicalProfile(profile);
    const place = {
      kind: 'color-profile',
      where: 'ICCP',
      bytes: chunk.next - chunk.start,
      offset: chunk.start,
    } as const;
    if (canonical.usable && canonical.colorSpace === 'RGB ') {
      this.#profile = canonical.bytes;
      this.#plan.found({ ...place, action: areEqual(profile, canonical.bytes) ? 'kept' : 'rewritten' });
    } else {
      const reason = canonical.usable ? 'It is not made for RGB.' : canonical.reason;
      this.#plan.found({ ...place, action: 'removed', note: `Decoders ignore it. ${reason}` });
    }
  }

  *#takeExif(chunk: Chunk): Walk {
    const data = yield* this.#load(chunk);
    const written = canonicalExif(data, this.#context);
    const isSame = written !== undefined && areEqual(written, data);
    if (!isSame) describeExifBlock(this.#plan, this.#context, data, chunk.bodyStart);
    if (written === undefined) return;
    this.#exif = written;
    const action = isSame ? 'kept' : 'rewritten';
    const { length } = written;
    this.#plan.found({ kind: 'orientation', where: 'EXIF', action, bytes: length, offset: chunk.bodyStart });
  }

  /** Whether a whole picture was read. */
  get isComplete(): boolean {
    return this.#frames > 0 || isComplete(this.#still);
  }

  /** Writes what only the whole file tells; `end` is where its last chunk ended. */
  finish(end: number): void {
    if (!this.isComplete) throw malformed('The file holds no picture.', end, 'RIFF');
    this.#writeHeader();
    if (this.#exif !== undefined) this.#plan.insert(writeChunk('EXIF', this.#exif));
    this.#riff.plan.insert(writeRiffHeader(this.#plan.length));
  }

  /**
   * Whether the alpha flag is set. Where it is not, browsers show a picture opaque that has an ALPH chunk, and in an animation it
   * says whether the canvas is transparent: there it is content. A lossless still says for itself whether it has an alpha plane,
   * and tag editors that make an extended file of it forget the flag.
   */
  #isTransparent({ flags }: Features): boolean {
    const isAnnounced = (flags & Flag.alpha) !== 0;
    if (this.#isAnimated) return isAnnounced;
    return this.#hasAlpha && (isAnnounced || !this.#hasAlphaChunk);
  }

  #writeHeader(): void {
    const { plan } = this.#header;
    const features = this.#features;
    if (features === undefined) return;
    if (this.#frames > 0 && !this.#isAnimated) {
      this.#plan.found({ kind: 'structure', where: 'ANIM', action: 'removed', bytes: chunkLength(ANIM_LENGTH) });
    }
    const isExtended =
      this.#isAnimated || this.#hasAlphaChunk || this.#profile !== undefined || this.#exif !== undefined;
    if (!isExtended) return;
    let flags = 0;
    if (this.#isTransparent(features)) flags |= Flag.alpha;
    if (this.#isAnimated) flags |= Flag.animation;
    if (this.#profile !== undefined) flags |= Flag.profile;
    if (this.#exif !== undefined) flags |= Flag.exif;
    plan.insert(
      writeChunk('VP8X', Uint8Array.of(flags, 0, 0, 0, ...u24(features.width - 1), ...u24(features.height - 1))),
    );
    if (this.#profile !== undefined) plan.insert(writeChunk('ICCP', this.#profile));
    if (this.#isAnimated && this.#animation !== undefined) plan.insert(writeChunk('ANIM', this.#animation));
  }
}
