// The physical bitstream (RFC 3533 §4): pages of several logical streams, in groups, one group behind the other.
import { keepCover } from '../../containers/cover-art.ts';
import {
  CAPTURE_PATTERN,
  FLAGS_AT,
  FULL_SEGMENT,
  isIntact,
  PAGE_HEADER_LENGTH,
  type Page,
  PageFlag,
  SEGMENT_COUNT_AT,
  SEQUENCE_AT,
  SERIAL_AT,
  VERSION_AT,
} from '../../containers/ogg/page.ts';
import { Renumbering, readWord, splitPage } from '../../containers/ogg/rewrite-page.ts';
import { type Field, selectFields } from '../../containers/vorbis-comment-fields.ts';
import { describeComments } from '../../containers/vorbis-comment-inventory.ts';
import { commentPictures, pictureField } from '../../containers/vorbis-comment-picture.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { FindingKind } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { Group } from './group.ts';
import { type Dropped, ruleFor, unknown } from './policy.ts';
import { Stream } from './stream.ts';

/** Flags of data pages. */
const KEPT_FLAGS = PageFlag.continued | PageFlag.last;
const unannounced: Dropped = { name: 'unannounced', kind: 'other' };

function firstPacketLength({ header }: Page): number {
  let length = 0;
  for (const segment of header.subarray(PAGE_HEADER_LENGTH)) {
    length += segment;
    if (segment < FULL_SEGMENT) break;
  }
  return length;
}

/** Takes pages one by one, and puts those of streams that are kept into the plan. */
export class Bitstream {
  readonly #window: Window;
  readonly #plan: Plan;
  readonly #context: Context;
  /** The streams that pages may belong to, by their number in the input. */
  readonly #streams: Map<number, Stream | Dropped> = new Map();
  /** All groups, the last one last. */
  readonly #groups: Group[] = [];
  /** Group of each stream whose headers are not complete. */
  readonly #pending: Map<Stream, Group> = new Map();
  /** Whether a page has come that is not a stream's first: the next first page begins a group. */
  #isGroupClosed = true;
  #streamCount = 0;
  readonly #renumber = new Renumbering();

  constructor(window: Window, plan: Plan, context: Context) {
    this.#window = window;
    this.#plan = plan;
    this.#context = context;
  }

  /** Takes the next page. */
  *read(page: Page): Walk {
    const isFirst = (page.flags & PageFlag.first) !== 0 && (yield* this.#begin(page));
    const stream = this.#streams.get(page.serial) ?? unannounced;
    if (!(stream instanceof Stream)) {
      this.#drop(page, `${stream.name} stream`, stream.kind);
      return;
    }
    if (!isFirst) this.#isGroupClosed = true;
    if (stream.isBroken) this.#drop(page, `${stream.codec.name} stream without headers`);
    else if (stream.isComplete) this.#keep(stream, page.header, 0, page.start, page.end);
    else yield* this.#readHeaders(stream, page);
  }

  #drop({ start, end }: Page, where: string, kind: FindingKind = 'structure'): void {
    this.#plan.found({ kind, where, action: 'removed', bytes: end - start, offset: start });
  }

  /** Begins a stream with this page; returns whether one is kept. */
  *#begin(page: Page): Walk<boolean> {
    const body = yield* this.#bodyOf(page);
    if (body === undefined) return false;
    const rule = ruleFor(body.subarray(0, firstPacketLength(page)));
    if (rule.use === 'refuse') {
      throw unsupported(
        `The file holds a ${rule.name} stream, which can't be cleaned. Convert it to another format and try again.`,
        page.start,
        'page',
      );
    }
    if (rule.use === 'drop') {
      // Some muxers mark pages inside a stream as first ones.
      const before = this.#streams.get(page.serial);
      if (rule !== unknown || !(before instanceof Stream)) this.#streams.set(page.serial, rule);
      return false;
    }
    const serial = this.#streamCount++;
    if (serial !== page.serial) {
      const where = `${rule.codec.name} › serial number`;
      this.#plan.found({ kind: 'identifier', where, action: 'rewritten', bytes: 4, offset: page.start + SERIAL_AT });
    }
    const stream = new Stream(rule.codec, serial);
    this.#streams.set(page.serial, stream);
    if (this.#isGroupClosed) this.#groups.push(new Group(this.#plan.slot()));
    this.#isGroupClosed = false;
    const group = this.#groups.at(-1);
    if (group !== undefined) {
      group.streams.push(stream);
      this.#pending.set(stream, group);
    }
    return true;
  }

  /** What a header page holds; nothing where its checksum is wrong, as decoders see nothing of it either. */
  *#bodyOf(page: Page): Walk<Uint8Array | undefined> {
    const { start, end, header } = page;
    if (!this.#window.has(start, end - start)) yield this.#window.need(start, end - start, 'page');
    if (isIntact(this.#window, page)) return this.#window.view(start + header.length, end);
    this.#drop(page, 'header page with a wrong checksum');
    return undefined;
  }

  *#readHeaders(stream: Stream, page: Page): Walk {
    const body = yield* this.#bodyOf(page);
    if (body === undefined) return;
    const segment = stream.readHeaders(page, body);
    if (stream.headerLength > this.#context.options.limits.bufferedBytes) {
      throw limitExceeded('The headers are too long; raise limits.bufferedBytes to clean the file.', page.start);
    }
    const group = this.#pending.get(stream);
    group?.notePage(page, body);
    if (!stream.isComplete || group === undefined) return;
    stream.writeHeaders(stream.codec.write(stream.packets, yield* this.#keptFields(stream), this.#plan));
    this.#pending.delete(stream);
    if (group.isComplete) group.write();
    if (segment < page.header.length - PAGE_HEADER_LENGTH) this.#keepRest(stream, page, body, segment);
  }

  /** Sound or film that stands on the last header page gets a page of its own. */
  #keepRest(stream: Stream, page: Page, body: Uint8Array, segment: number): void {
    const segments = page.header.subarray(PAGE_HEADER_LENGTH);
    const length = segments.subarray(0, segment).reduce((sum, segmentLength) => sum + segmentLength, 0);
    const fields = { flags: page.flags & PageFlag.last, serial: stream.serial, sequence: stream.takeSequence() };
    this.#plan.insert(splitPage(page, fields, segments.subarray(segment), body.subarray(length)));
    this.#plan.keep(page.end - body.length + length, page.end);
  }

  *#keptFields({ codec, packets }: Stream): Walk<Field[]> {
    const context = this.#context;
    const list = codec.comments(packets);
    if (list === undefined) return [];
    const where = `${codec.name} › ${codec.commentHeader}`;
    context.countStructures(list.comments.length);
    const fields = [...(codec.essentials?.(packets, list.comments) ?? []), ...selectFields(list.comments, context)];
    if (context.keeps('coverArt')) {
      const cover = yield* keepCover(context, this.#plan, commentPictures(list.comments), where);
      if (cover !== undefined) fields.push(pictureField(cover));
    }
    if (context.describes) describeComments(this.#plan, context, list, where, fields);
    return fields;
  }

  /**
   * Takes data pages that stand one behind the other and are at hand, as long as nothing about them is out of the ordinary.
   * @returns where the next page begins, which has to be looked at more closely
   */
  readAhead(start: number): number {
    const window = this.#window;
    const { bytes, base, end: windowEnd } = window;
    let at = start;
    let pages = 0;
    let lastSerial = -1;
    let stream: Stream | Dropped | undefined;
    while (at >= base && at + PAGE_HEADER_LENGTH <= windowEnd) {
      const index = at - base;
      const flags = bytes[index + FLAGS_AT] as number;
      if (window.u32be(at) !== CAPTURE_PATTERN || bytes[index + VERSION_AT] !== 0 || (flags & ~KEPT_FLAGS) !== 0) break;
      const serial = window.u32le(at + SERIAL_AT);
      if (serial !== lastSerial) stream = this.#streams.get(serial);
      lastSerial = serial;
      if (!(stream instanceof Stream) || !stream.isComplete) break;
      const tableEnd = index + PAGE_HEADER_LENGTH + (bytes[index + SEGMENT_COUNT_AT] as number);
      if (tableEnd > bytes.length) break;
      let end = base + tableEnd;
      for (let segment = index + PAGE_HEADER_LENGTH; segment < tableEnd; segment++) end += bytes[segment] as number;
      const isFollowed = end + 4 <= windowEnd ? window.u32be(end) === CAPTURE_PATTERN : end === window.size;
      if (!isFollowed) break;
      pages++;
      this.#keep(stream, bytes, index, at, end);
      at = end;
    }
    this.#context.countStructures(pages);
    return at;
  }

  /**
   * Carries a data page over: the header anew where it differs, and its checksum by the difference alone.
   * @param bytes hold the page's header from `index` on
   */
  #keep(stream: Stream, bytes: Uint8Array, index: number, start: number, end: number): void {
    const segments = bytes[index + SEGMENT_COUNT_AT] as number;
    const lastSegment = bytes[index + PAGE_HEADER_LENGTH + segments - 1];
    const found = readWord(bytes, index + SEQUENCE_AT) >>> 0;
    const sequence = stream.numberPage(found, segments === 0 ? undefined : lastSegment === FULL_SEGMENT);
    const flags = (bytes[index + FLAGS_AT] as number) & KEPT_FLAGS;
    const isSame = sequence === found && flags === bytes[index + FLAGS_AT];
    this.#plan.keep(start, end);
    if (isSame && stream.serial === readWord(bytes, index + SERIAL_AT) >>> 0) return;
    const numbers = this.#renumber.page(bytes, index, end - start, flags, stream.serial, sequence);
    if (flags !== bytes[index + FLAGS_AT]) this.#plan.patchByte(start + FLAGS_AT, flags);
    this.#plan.patch(start + SERIAL_AT, numbers);
  }

  /** Ends the file: streams whose headers are cut off are left out. */
  finish(): void {
    const plan = this.#plan;
    const streams = this.#groups.flatMap((group) => group.streams);
    const complete = streams.filter(({ isComplete }) => isComplete);
    if (streams.length === 0) {
      throw unsupported('The file holds no sound or film that can be read and cleaned. Convert it and try again.', 0);
    }
    // Numbers are given in order: only the last ones can be taken back.
    const lastComplete = complete.at(-1)?.serial ?? Number.POSITIVE_INFINITY;
    for (const { codec, serial, headerLength } of this.#pending.keys()) {
      if (serial < lastComplete) {
        throw malformed(`The ${codec.name} headers are damaged or cut off.`, this.#window.size, codec.name);
      }
      plan.found({
        kind: 'structure',
        where: `${codec.name} › incomplete headers`,
        action: 'removed',
        bytes: headerLength,
      });
    }
    for (const group of new Set(this.#pending.values())) group.write();
    const codecs = new Set(complete.map(({ codec }) => codec));
    const film = [...codecs].find(({ mediaType }) => mediaType !== undefined);
    plan.mediaType = film?.mediaType;
    const [only] = codecs;
    plan.extension = film?.extension ?? (codecs.size === 1 ? only?.extension : undefined);
    plan.residual.add('What can be heard and seen: voices, names, faces, places.');
    plan.residual.add(
      'How it was coded, which tells encoders and their settings apart, and set-up headers of the codec.',
    );
    plan.residual.add(
      'Padding inside coded packets, and pages whose checksum is wrong, which are carried over unread.',
    );
  }
}
