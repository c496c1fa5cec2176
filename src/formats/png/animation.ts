import { patchCrc32 } from '../../bytes/crc32.ts';
import { areEqual } from '../../bytes/equal.ts';
import {
  type AnimationControl,
  checkFrameControl,
  readAnimationControl,
  writeAnimationControl,
} from '../../containers/png/frame-control.ts';
import type { ImageHeader } from '../../containers/png/image-header.ts';
import { CHUNK_HEADER_LENGTH, type Chunk, CRC_LENGTH, loadChunk, writeChunk } from '../../containers/png.ts';
import type { Context } from '../../core/context.ts';
import type { Plan, Slot } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { ruleFor } from './policy.ts';

/** In front of the data of fcTL and fdAT. */
const SEQUENCE_NUMBER_LENGTH = 4;
/** A chunk of eight or 26 bytes of data: more is read of none. */
const MAX_CONTROL_LENGTH = 64;

/** A chunk that was met, with its data. */
interface Met {
  chunk: Chunk;
  data: Uint8Array;
}

/** The animation of a file: frames are written as their data comes, with sequence numbers that count from 0. */
export class Animation {
  readonly #window: Window;
  readonly #plan: Plan;
  readonly #image: ImageHeader;
  /** Whether the frames are kept, as far as is known. */
  #isWanted: boolean;
  #control: (AnimationControl & Met) | undefined;
  /** An fcTL whose data has not come yet. */
  #pending: Met | undefined;
  /** Whether an fdAT belongs to a frame. */
  #isInFrame = false;
  #isBehindImage = false;
  #frames = 0;
  #sequence = 0;

  constructor(window: Window, plan: Plan, context: Context, image: ImageHeader) {
    this.#window = window;
    this.#plan = plan;
    this.#image = image;
    this.#isWanted = context.keeps('animation');
  }

  /** Whether there is an acTL that decoders obey. */
  get isAnnounced(): boolean {
    return this.#control !== undefined;
  }

  /** Whether data of a frame that is not the picture has come. */
  get isInFrame(): boolean {
    return this.#isInFrame;
  }

  /** Takes an acTL chunk, which must stand in front of the picture, once: Chromium, FFmpeg and Pillow take two for none. */
  *takeControl(chunk: Chunk): Walk {
    if (this.#control !== undefined && !this.#isBehindImage) {
      this.#drop(this.#control.chunk);
      this.#control = undefined;
      this.#isWanted = false;
      this.#dropPending();
    }
    const isObeyed = this.#isWanted && !this.#isBehindImage;
    const data = isObeyed ? yield* this.#load(chunk) : undefined;
    const control = data && readAnimationControl(data);
    if (data === undefined || control === undefined) this.#drop(chunk);
    else this.#control = { ...control, chunk, data };
  }

  /** Takes an fcTL chunk. */
  *takeFrameControl(chunk: Chunk): Walk {
    // In front of the picture the acTL may still come.
    const isObeyed = this.#isWanted && (this.#control !== undefined || !this.#isBehindImage);
    const data = isObeyed ? yield* this.#load(chunk) : undefined;
    if (data === undefined) {
      this.#drop(chunk);
      return;
    }
    this.#dropPending();
    this.#pending = { chunk, data };
    this.#isInFrame = false;
  }

  /** Called in front of the first IDAT: the picture is the first frame if there is an fcTL in front of it. */
  beginImage(): void {
    this.#isBehindImage = true;
    if (this.#control === undefined) this.#dropPending();
    else this.#beginFrame();
  }

  /** Takes an fdAT chunk, of whose payload nothing is read. */
  *takeFrameData(chunk: Chunk): Walk {
    const { dataStart, dataEnd } = chunk;
    const belongs = this.#isBehindImage && (this.#pending !== undefined || this.#isInFrame);
    if (!belongs || dataEnd - dataStart <= SEQUENCE_NUMBER_LENGTH) {
      this.#drop(chunk);
      return;
    }
    const window = this.#window;
    if (!window.has(dataStart, SEQUENCE_NUMBER_LENGTH)) yield window.need(dataStart, SEQUENCE_NUMBER_LENGTH, 'fdAT');
    const found = window.u32be(dataStart);
    this.#beginFrame();
    this.#isInFrame = true;
    const number = this.#sequence++;
    if (number === found) this.#plan.keep(chunk.start, chunk.end);
    else yield* this.#writeRenumbered(chunk, found, number);
  }

  /** Writes the fcTL that was waiting for data. */
  #beginFrame(): void {
    if (this.#pending === undefined) return;
    const { chunk, data } = this.#pending;
    this.#pending = undefined;
    checkFrameControl(data, this.#image, chunk.start);
    this.#frames++;
    const number = this.#sequence++;
    // Not slice: of a Buffer that is a view of the input.
    const written = new Uint8Array(data);
    new DataView(written.buffer).setUint32(0, number);
    this.#writeControl(this.#plan, { chunk, data }, written);
  }

  *#writeRenumbered(chunk: Chunk, found: number, number: number): Walk {
    const window = this.#window;
    const { type, start, dataStart, dataEnd, end } = chunk;
    if (!window.has(dataEnd, CRC_LENGTH)) yield window.need(dataEnd, CRC_LENGTH, type);
    const payloadStart = dataStart + SEQUENCE_NUMBER_LENGTH;
    const header = writeChunk(type, new Uint8Array(SEQUENCE_NUMBER_LENGTH)).subarray(
      0,
      CHUNK_HEADER_LENGTH + SEQUENCE_NUMBER_LENGTH,
    );
    const view = new DataView(header.buffer);
    view.setUint32(0, dataEnd - dataStart);
    view.setUint32(CHUNK_HEADER_LENGTH, number);
    const crc = new Uint8Array(CRC_LENGTH);
    new DataView(crc.buffer).setUint32(0, patchCrc32(window.u32be(dataEnd), found ^ number, dataEnd - payloadStart));
    this.#plan.insert(header);
    this.#plan.keep(payloadStart, dataEnd);
    this.#plan.insert(crc);
    this.#plan.found({ kind: 'structure', where: type, action: 'rewritten', bytes: end - start, offset: start });
  }

  #writeControl(plan: Plan, { chunk, data }: Met, written: Uint8Array): void {
    const { type, start, end } = chunk;
    if (areEqual(written, data)) plan.keep(start, end);
    else {
      plan.insert(writeChunk(type, written));
      this.#plan.found({ kind: 'structure', where: type, action: 'rewritten', bytes: end - start, offset: start });
    }
  }

  /** All the data of a control chunk; nothing where decoders ignore it because its CRC is wrong. */
  *#load(chunk: Chunk): Walk<Uint8Array | undefined> {
    if (chunk.end - chunk.start > MAX_CONTROL_LENGTH) return undefined;
    const isWhole = yield* loadChunk(this.#window, chunk, MAX_CONTROL_LENGTH);
    return isWhole ? this.#window.view(chunk.dataStart, chunk.dataEnd) : undefined;
  }

  #dropPending(): void {
    if (this.#pending !== undefined) this.#drop(this.#pending.chunk);
    this.#pending = undefined;
  }

  #drop({ type, start, end }: Chunk): void {
    const { kind } = ruleFor(type);
    this.#plan.found({ kind, where: type, action: 'removed', bytes: end - start, offset: start });
  }

  /** Writes the acTL into the place in front of the picture; whether there is an animation. */
  finish({ plan }: Slot): boolean {
    this.#dropPending();
    if (this.#control === undefined) return false;
    if (this.#frames === 0) {
      this.#drop(this.#control.chunk);
      return false;
    }
    const { plays } = this.#control;
    this.#writeControl(plan, this.#control, writeAnimationControl({ frames: this.#frames, plays }));
    return true;
  }
}
