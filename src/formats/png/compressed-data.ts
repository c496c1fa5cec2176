// Cuts what stands in IDAT and fdAT chunks behind the zlib stream of a picture (W3C PNG Third Edition §10.1), and mends its end.
import { areEqual } from '../../bytes/equal.ts';
import { findStreamEnd } from '../../containers/inflate-end.ts';
import { type ImageHeader, rawLength } from '../../containers/png/image-header.ts';
import { CHUNK_HEADER_LENGTH, CRC_LENGTH, PNG_SIGNATURE, writeChunk } from '../../containers/png.ts';
import type { Context } from '../../core/context.ts';
import { Plan } from '../../core/plan.ts';
import { PlannedOutput } from '../../core/planned.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

const SEQUENCE_NUMBER_LENGTH = 4;
const CHECKSUM_LENGTH = 4;
/** All pictures of a file together are unpacked up to this length: a gigabyte, which takes seconds. */
const MAX_UNPACKED = 2 ** 30;
/** Streams may unpack to a little more than the rows of their picture. */
const SPARE = 2 ** 16;

/** A chunk of the output: offsets in it. */
interface Chunk {
  type: string;
  start: number;
  end: number;
  /** Where the zlib stream goes on in it. */
  payloadStart: number;
  payloadEnd: number;
}

/** Cuts the coded pictures of a planned file to their streams' ends, where that can be told. */
export type CompressedDataWalk = (window: Window, plan: Plan, context: Context, image: ImageHeader) => Walk;

/** {@link CompressedDataWalk} */
export const trimCompressedData: CompressedDataWalk = function* (window, plan, context, image) {
  const trimmer = new Trimmer(new PlannedOutput(window, plan), plan, context, image);
  yield* trimmer.run();
};

class Trimmer {
  readonly #output: PlannedOutput;
  readonly #plan: Plan;
  readonly #context: Context;
  readonly #image: ImageHeader;
  readonly #trimmed: Plan = new Plan(false);
  /** Chunks of the stream that is being collected. */
  #stream: Chunk[] = [];
  #frame: Pick<ImageHeader, 'width' | 'height'>;
  #sequence = 0;
  #unpackable = MAX_UNPACKED;

  constructor(output: PlannedOutput, plan: Plan, context: Context, image: ImageHeader) {
    this.#output = output;
    this.#plan = plan;
    this.#context = context;
    this.#image = image;
    this.#frame = image;
  }

  *run(): Walk {
    const output = this.#output;
    let at = PNG_SIGNATURE.length;
    output.copy(this.#trimmed, 0, at);
    while (at < output.length) {
      const chunk = yield* this.#readChunk(at);
      const { type, payloadStart, payloadEnd } = chunk;
      const isPart = type === 'IDAT' || type === 'fdAT';
      if (this.#stream.length > 0 && this.#stream[0]?.type !== type) yield* this.#writeStream();
      if (isPart) this.#stream.push(chunk);
      else if (type === 'fcTL') {
        const data = yield* output.read(payloadStart, payloadEnd);
        const view = new DataView(data.buffer, data.byteOffset, data.length);
        this.#frame = { width: view.getUint32(4), height: view.getUint32(8) };
        this.#writeNumbered(chunk, data);
      } else output.copy(this.#trimmed, chunk.start, chunk.end);
      at = chunk.end;
    }
    this.#plan.takeOver(this.#trimmed);
  }

  *#readChunk(start: number): Walk<Chunk> {
    const header = yield* this.#output.read(start, start + CHUNK_HEADER_LENGTH);
    const type = String.fromCharCode(...header.subarray(4));
    const length = new DataView(header.buffer, header.byteOffset, header.length).getUint32(0);
    const dataStart = start + CHUNK_HEADER_LENGTH;
    const payloadEnd = dataStart + length;
    const payloadStart = dataStart + (type === 'fdAT' ? SEQUENCE_NUMBER_LENGTH : 0);
    return { type, start, payloadStart, payloadEnd, end: payloadEnd + CRC_LENGTH };
  }

  /** Writes the chunks of the stream that was collected, up to its end. */
  *#writeStream(): Walk {
    const chunks = this.#stream;
    this.#stream = [];
    const stream = yield* this.#join(chunks);
    const end = stream && this.#mend(stream);
    let at = 0;
    for (const chunk of chunks) {
      const length = chunk.payloadEnd - chunk.payloadStart;
      const next = at + length;
      const isWhole = stream === undefined || end === undefined || (next <= end.end && next <= end.changedFrom);
      if (isWhole) yield* this.#writePart(chunk);
      else if (at < end.end) yield* this.#writePart(chunk, stream.subarray(at, Math.min(next, end.end)));
      else this.#note(chunk, length, 0);
      if (end !== undefined && at < end.end && next > end.end) this.#note(chunk, next - end.end, end.end - at);
      at = next;
    }
  }

  *#join(chunks: readonly Chunk[]): Walk<Uint8Array | undefined> {
    const length = chunks.reduce((sum, { payloadStart, payloadEnd }) => sum + payloadEnd - payloadStart, 0);
    if (length > this.#context.options.limits.bufferedBytes) {
      this.#plan.residual.add('Compressed data that is longer than limits.bufferedBytes and was not unpacked.');
      return undefined;
    }
    const stream = new Uint8Array(length);
    let at = 0;
    for (const { payloadStart, payloadEnd } of chunks) {
      stream.set(yield* this.#output.read(payloadStart, payloadEnd), at);
      at += payloadEnd - payloadStart;
    }
    return stream;
  }

  /** Finds where a stream ends, and puts the padding of its last byte and its checksum right. */
  #mend(stream: Uint8Array): { end: number; changedFrom: number } | undefined {
    const length = rawLength({ ...this.#image, ...this.#frame });
    const found = findStreamEnd(stream, Math.min(length + SPARE, this.#unpackable));
    if (found === undefined || found.dataEnd + CHECKSUM_LENGTH > stream.length) {
      this.#plan.residual.add(
        'Compressed data that is damaged or too long to be unpacked: it is carried over as it is.',
      );
      return undefined;
    }
    this.#unpackable -= found.length;
    if (found.length > length) {
      this.#plan.residual.add(
        'Compressed data that unpacks to more than the rows of its picture, which no viewer shows.',
      );
    }
    const changeable = found.dataEnd - 1;
    const end = found.dataEnd + CHECKSUM_LENGTH;
    const before = stream.slice(changeable, end);
    stream[changeable] = (stream[changeable] ?? 0) & (0xff >> found.unusedBits);
    new DataView(stream.buffer).setUint32(found.dataEnd, found.checksum);
    const isRight = areEqual(before, stream.subarray(changeable, end));
    return { end, changedFrom: isRight ? end : changeable };
  }

  /** Writes a chunk of a stream, with other payload where it is given. */
  *#writePart(chunk: Chunk, payload?: Uint8Array): Walk {
    const { type, start, end, payloadStart, payloadEnd } = chunk;
    if (payload !== undefined && payload.length === payloadEnd - payloadStart) {
      const note = 'The checksum of the picture, or the padding in front of it, is not what it must be.';
      const offset = this.#output.origin(start);
      this.#plan.found({
        kind: 'structure',
        where: type,
        action: 'rewritten',
        bytes: CHECKSUM_LENGTH,
        ...(offset === undefined ? {} : { offset }),
        note,
      });
    }
    if (type === 'IDAT') {
      if (payload === undefined) this.#output.copy(this.#trimmed, start, end);
      else this.#trimmed.insert(writeChunk(type, payload));
      return;
    }
    const dataStart = payloadStart - SEQUENCE_NUMBER_LENGTH;
    const number = yield* this.#output.read(dataStart, payloadStart);
    const found = new DataView(number.buffer, number.byteOffset, number.length).getUint32(0);
    if (payload === undefined && found === this.#sequence) {
      this.#sequence++;
      this.#output.copy(this.#trimmed, start, end);
      return;
    }
    const data = new Uint8Array(SEQUENCE_NUMBER_LENGTH + (payload?.length ?? payloadEnd - payloadStart));
    data.set(payload ?? (yield* this.#output.read(payloadStart, payloadEnd)), SEQUENCE_NUMBER_LENGTH);
    this.#writeNumbered(chunk, data);
  }

  /** Writes a chunk that begins with a sequence number, which is the next. */
  #writeNumbered({ type, start, end }: Chunk, data: Uint8Array): void {
    const numbered = new Uint8Array(data);
    new DataView(numbered.buffer).setUint32(0, this.#sequence++);
    if (areEqual(numbered, data) && end - start === data.length + CHUNK_HEADER_LENGTH + CRC_LENGTH) {
      this.#output.copy(this.#trimmed, start, end);
    } else this.#trimmed.insert(writeChunk(type, numbered));
  }

  #note({ type, payloadStart }: Chunk, bytes: number, behind: number): void {
    const offset = this.#output.origin(payloadStart + behind);
    this.#plan.found({
      kind: 'trailing-data',
      where: `${type} › behind the end of the compressed data`,
      action: 'removed',
      bytes,
      ...(offset === undefined ? {} : { offset }),
    });
  }
}
