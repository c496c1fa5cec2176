// The frames of a sound on their way into the plan, and what was counted of them.
import { areEqual } from '../../bytes/equal.ts';
import { frameCrc, MAX_COVERED_LENGTH } from '../../containers/mpeg-audio/crc.ts';
import {
  canonicalMode,
  classKey,
  type FrameClass,
  frameLength,
  HEADER_LENGTH,
  hasCrc,
  PRIVATE_BIT,
} from '../../containers/mpeg-audio/header.ts';
import {
  type Gap,
  type InfoFrame,
  readInfoFrame,
  silentFrame,
  VBRI_AT,
  writeInfoFrame,
} from '../../containers/mpeg-audio/info-frame.ts';
import type { Plan, Slot } from '../../core/plan.ts';
import type { Window } from '../../core/window.ts';
import { SeekPoints } from './seek-points.ts';

/** How much of a frame has to be at hand before it is looked at. */
export const PEEK_LENGTH: number = MAX_COVERED_LENGTH;
const CRC_LENGTH = 2;
/** The header's fourth byte: mode, copyright, original. */
const MODE_AT = 3;
/** Initials of the names of information frames. */
const [X, I, V] = [0x58, 0x49, 0x56];
/** Padding has 12 bits. */
const MAX_PADDING = 4095;
/** FFmpeg takes a file this much longer than its description, in 16ths, for two that were joined. */
const JOINED_SHIFT = 4;

/** The information frame that leads a sound, until it is written. */
interface Lead {
  slot: Slot;
  start: number;
  frame: Uint8Array;
  info: InfoFrame;
  frameClass: FrameClass;
  points: SeekPoints;
}

/** Frames of one file. */
export class Sound {
  /** Of the frames so far; nothing in front of the first. */
  frameClass: FrameClass | undefined;
  /** How many frames were carried over, the leading information frame not counted. */
  frames = 0;
  readonly #plan: Plan;
  readonly #end: number;
  #bytes = 0;
  #lead: Lead | undefined;
  #rewritten = 0;
  #firstRewritten = 0;

  /** @param end where frames end; one that leads past it is not whole */
  constructor(plan: Plan, end: number) {
    this.#plan = plan;
    this.#end = end;
  }

  /** Frames of this class follow. */
  begin(frameClass: FrameClass): void {
    if (this.frameClass?.key !== frameClass.key) this.frameClass = frameClass;
  }

  /**
   * Carries frames over that are at hand, as long as they have no CRC and nothing to rewrite but their fourth byte.
   * @returns where it stopped
   */
  runOn(window: Window, start: number): number {
    const { frameClass } = this;
    if (frameClass === undefined || this.#bytes === 0) return start;
    const { bytes, base } = window;
    const { lengths, isCanonicalMode, privateMask, isMono, sideInfoLength } = frameClass;
    const second = ((frameClass.key >> 8) & 0x1e) | 0xe1;
    const nameAt = HEADER_LENGTH + sideInfoLength;
    const end = this.#end - base;
    const last = Math.min(bytes.length, end) - PEEK_LENGTH;
    const points = this.#lead?.points;
    let nextPoint = points?.next ?? Number.POSITIVE_INFINITY;
    let { frames } = this;
    let at = start - base;
    let kept = at;
    const offset = this.#bytes - at;
    // Where a length comes again, the processor goes on with it before the byte that tells it has come from memory.
    let third = 0;
    let length = 0;
    while (at <= last) {
      const found = bytes[at + 2] as number;
      if (found !== third) {
        third = found;
        length = lengths[found] as number;
      }
      if (length === 0 || bytes[at] !== 0xff || bytes[at + 1] !== second) break;
      // Of a frame with no other behind it, the end may be another thing's beginning.
      if (bytes[at + length] !== 0xff || bytes[at + length + 1] !== second || at + length > end) break;
      const side = bytes[at + HEADER_LENGTH + 1] ?? 0;
      if ((side & privateMask) !== 0) break;
      if (side === 0) {
        const initial = bytes[at + nameAt];
        if (initial === X || initial === I || bytes[at + VBRI_AT] === V) break;
      }
      const mode = bytes[at + MODE_AT] ?? 0;
      if (isCanonicalMode[mode] === 0) {
        if (mode >= 0xc0 !== isMono) break;
        this.#noteRewritten(at + base);
        this.#plan.keep(kept + base, at + base + length);
        this.#plan.patchByte(at + base + MODE_AT, canonicalMode(mode));
        kept = at + length;
      }
      if (frames === nextPoint) nextPoint = points?.add(at + offset) ?? nextPoint;
      frames++;
      at += length;
    }
    this.#plan.keep(kept + base, at + base);
    this.frames = frames;
    this.#bytes = at + offset;
    return at + base;
  }

  /** Length of the frame at `at`, which may lead past the end; 0 where none of this class stands. */
  lengthAt(window: Window, at: number): number {
    if (at + HEADER_LENGTH > this.#end) return 0;
    const [second, third] = [window.u8(at + 1), window.u8(at + 2)];
    if (classKey(window.u8(at), second, third, window.u8(at + 3)) !== this.frameClass?.key) return 0;
    return frameLength(second, third);
  }

  /** Carries the frame of this length over, which is at hand. */
  take(window: Window, at: number, length: number): void {
    const { frameClass } = this;
    if (frameClass === undefined) return;
    const frame = window.view(at, at + length);
    const info = readInfoFrame(frame, frameClass);
    if (info !== undefined && this.#bytes === 0) {
      this.#lead = { slot: this.#plan.slot(), start: at, frame, info, frameClass, points: new SeekPoints() };
      this.#bytes = length;
      return;
    }
    const { points } = this.#lead ?? {};
    if (points?.next === this.frames) points.add(this.#bytes);
    this.frames++;
    this.#bytes += length;
    if (info !== undefined && isSilent(frame, frameClass)) {
      // A file joined to another has its information frame in the middle.
      this.#replace(at, frame, silentFrame(frame, frameClass), info.name);
    } else this.#rewriteHead(at, frame, frameClass);
  }

  /** Writes the information frame, and notes what was rewritten. */
  finish(): void {
    if (this.#rewritten > 0) {
      this.#plan.found({
        kind: 'other',
        where: 'frame header',
        action: 'rewritten',
        bytes: this.#rewritten,
        offset: this.#firstRewritten,
        note: 'Bits that do not bear on the sound: private, copyright, original, unused mode extensions, and checksums over them.',
      });
    }
    const lead = this.#lead;
    if (lead === undefined) return;
    const { slot, start, frame, info, frameClass, points } = lead;
    const { frames } = this;
    const bytes = this.#bytes;
    const counts = { frames, bytes, offsetOf: (at: number) => points.offsetOf(at, frames, bytes) };
    const gap = this.#gapOf(lead);
    const written = writeInfoFrame(frame, frameClass, { ...info, gap }, counts);
    if (areEqual(written, frame)) slot.plan.keep(start, start + frame.length);
    else {
      slot.plan.insert(written);
      this.#plan.found({
        kind: 'software',
        where: info.name,
        action: 'rewritten',
        bytes: frame.length,
        offset: start,
        note: 'Encoder, its settings and its measurements go; counts, places and gapless playback are written anew.',
      });
    }
    slot.closed = true;
  }

  /** The gap of the frames that were kept: the place at which decoders end the sound stays where it was. */
  #gapOf({ info, frameClass }: Lead): Gap | undefined {
    const { gap, frames: declared = 0, bytes: declaredBytes = 0 } = info;
    if (gap === undefined) return undefined;
    const surplus = this.#bytes - declaredBytes;
    const isJoined = declaredBytes > 0 && surplus > declaredBytes >> JOINED_SHIFT;
    const padding = gap.padding - (declared - this.frames) * frameClass.samplesPerFrame;
    const isTrue = declared > 0 && !isJoined && padding >= 0 && padding <= MAX_PADDING;
    return { delay: gap.delay, padding: isTrue ? padding : 0 };
  }

  /** Brings header, CRC and private bits into canonical form. */
  #rewriteHead(at: number, frame: Uint8Array, frameClass: FrameClass): void {
    const isProtected = hasCrc(frame[1] ?? 0);
    const head = frame.slice(0, MAX_COVERED_LENGTH);
    const sideStart = HEADER_LENGTH + (isProtected ? CRC_LENGTH : 0);
    head[2] = (head[2] ?? 0) & ~PRIVATE_BIT;
    head[3] = canonicalMode(head[3] ?? 0);
    if (sideStart + 1 < head.length) head[sideStart + 1] = (head[sideStart + 1] ?? 0) & ~frameClass.privateMask;
    if (isProtected) {
      const crc = frameCrc(head, frameClass);
      head.set([crc >> 8, crc & 255], HEADER_LENGTH);
    }
    this.#plan.keep(at, at + frame.length);
    if (head.every((byte, index) => byte === frame[index])) return;
    this.#noteRewritten(at);
    this.#plan.patch(at, head);
  }

  #replace(at: number, frame: Uint8Array, replacement: Uint8Array, where: string): void {
    if (areEqual(frame, replacement)) this.#plan.keep(at, at + frame.length);
    else {
      this.#plan.insert(replacement);
      this.#plan.found({ kind: 'software', where, action: 'rewritten', bytes: frame.length, offset: at });
    }
  }

  #noteRewritten(at: number): void {
    if (this.#rewritten++ === 0) this.#firstRewritten = at;
  }
}

/** Whether the side information, its private bits apart, says that there is no sound. */
function isSilent(frame: Uint8Array, { sideInfoLength, privateMask }: FrameClass): boolean {
  const start = HEADER_LENGTH + (hasCrc(frame[1] ?? 0) ? CRC_LENGTH : 0);
  const side = frame.subarray(start, start + sideInfoLength);
  return side.every((byte, index) => (index === 1 ? byte & ~privateMask : byte) === 0);
}
