import { concatAll } from '../../bytes/concat.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import {
  BoxReader,
  box,
  boxLength,
  type NewBox,
  readFileBox,
  u32,
  u64,
  writeBox,
} from '../../containers/isobmff/box.ts';
import { Extents } from '../../containers/isobmff/extents.ts';
import { type Item, type Items, readItems } from '../../containers/isobmff/items.ts';
import { type NewItem, needsLargeOffsets, writeItems } from '../../containers/isobmff/write-items.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed, unsupported } from '../../core/errors.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { canonicalFileType, type FileType } from './brands.ts';
import { canonicalDerivation, isReadable } from './derived.ts';
import { noteBoxes, noteItems, noteTop, noteUnowned } from './describe.ts';
import { carryAll, type Filtered, filterNalUnits, filterObus } from './filter.ts';
import { extentsOf } from './places.ts';
import { avcRules, codedItems, derivedItems, hevcRules } from './policy.ts';
import { PropertyReader } from './properties.ts';
import { selectItems } from './select.ts';

const MAX_ITEMS = 10_000;

interface TopLevel {
  fileType: FileType;
  meta: BoxReader | undefined;
  hasMovie: number | undefined;
  media: Span[];
  end: number;
}

/** Walks a file of pictures. */
export function* walkHeif(window: Window, plan: Plan, context: Context): Walk {
  const top = yield* readTopLevel(window, plan, context);
  const { meta: reader } = top;
  if (top.hasMovie !== undefined && context.keeps('animation')) {
    throw unsupported(
      "The file holds an image sequence, which can't be cleaned yet. With drop: ['animation'] its still picture is kept.",
      top.hasMovie,
      'moov',
    );
  }
  if (reader === undefined)
    throw malformed('The file does not say which pictures it holds (meta box).', top.end, 'meta');
  const metaBox = {
    type: 'meta',
    start: 0,
    bodyStart: reader.view.getUint32(0) === 1 ? 16 : 8,
    end: reader.bytes.length,
  };
  reader.version(metaBox);
  const children = reader.children(metaBox.bodyStart + 4, metaBox.end, 'meta');
  const hdlr = children.find(({ type }) => type === 'hdlr');
  if (hdlr === undefined || reader.fourCC(hdlr.bodyStart + 8) !== 'pict')
    throw malformed('The file says that it holds no pictures.', reader.fileStart, 'meta', 'hdlr');
  const all = readItems(reader, children, (count) => context.countStructures(count));
  if (all.items.size > MAX_ITEMS) throw limitExceeded('The file has too many items.', reader.fileStart, 'meta', 'iinf');
  const derivations = yield* readDerivations(window, reader, all);
  const isToneMapKept = ({ id }: Item): boolean => context.keeps('gainMap') && derivations.get(id) !== undefined;
  const kept = selectItems(reader, all, isToneMapKept);
  if (context.describes) {
    noteBoxes(plan, reader, children);
    yield* noteItems(window, plan, context, reader, all, kept);
    noteUnowned(window, plan, reader, all, top.media);
  }
  yield* write(window, plan, context, { top, reader, all, kept, derivations });
  plan.residual.add('What can be seen: faces, places, text.');
  plan.residual.add('Coded pictures, whose manner, tables and padding can tell encoders apart.');
  plan.residual.add(
    'Bytes behind the end of a slice, tile group or parameter set, within its unit: pictures are not decoded.',
  );
}

function* readTopLevel(window: Window, plan: Plan, context: Context): Walk<TopLevel> {
  const top: TopLevel = {
    fileType: { major: '', compatible: [] },
    meta: undefined,
    hasMovie: undefined,
    media: [],
    end: 0,
  };
  for (;;) {
    const found = yield* readFileBox(window, top.end);
    if (found === undefined) break;
    context.countStructures();
    const { type, start, bodyStart } = found;
    const end = Math.min(found.end, window.size);
    if (type === 'meta' || (type === 'ftyp' && start === 0)) {
      const length = found.end - start;
      if (length > context.options.limits.bufferedBytes)
        throw limitExceeded('A header is too large; raise limits.bufferedBytes to clean the file.', start, type);
      if (!window.has(start, length)) yield window.need(start, length, type);
      if (type === 'ftyp') {
        const words = (found.end - bodyStart) >> 2;
        const brands = Array.from({ length: Math.min(words, 100) }, (_, index) => window.fourCC(bodyStart + index * 4));
        top.fileType = { major: brands[0] ?? '', compatible: brands.slice(2) };
      } else if (top.meta === undefined) top.meta = new BoxReader(window.view(start, found.end), start);
      else throw malformed('The file says twice which pictures it holds.', start, 'meta');
    } else if (type === 'moov') {
      top.hasMovie = start;
      const finding = { kind: 'other', where: 'moov', action: 'removed', bytes: end - start, offset: start } as const;
      plan.found(finding);
    } else if (type === 'mdat') top.media.push({ start: bodyStart, end: Math.max(bodyStart, end) });
    else yield* noteTop(window, plan, type, start, bodyStart, end);
    top.end = end;
  }
  if (top.end < window.size) {
    const bytes = window.size - top.end;
    plan.found({ kind: 'trailing-data', where: 'after the last box', action: 'removed', bytes, offset: top.end });
  }
  return top;
}

/** The data of all derived items, in canonical form; nothing for those that can't be read. */
function* readDerivations(window: Window, reader: BoxReader, all: Items): Walk<Map<number, Uint8Array | undefined>> {
  const derivations = new Map<number, Uint8Array | undefined>();
  for (const item of all.items.values()) {
    if (!derivedItems.includes(item.type)) continue;
    const extents = extentsOf(window, reader, item, all);
    const inputs = all.references.find(({ type, from }) => type === 'dimg' && from === item.id)?.to.length ?? 0;
    if (!isReadable(extents)) continue;
    const data = yield* extents.read(window, 0, extents.length, 'meta', item.type);
    derivations.set(item.id, canonicalDerivation(item.type, data, inputs));
  }
  return derivations;
}

interface Source {
  top: TopLevel;
  reader: BoxReader;
  all: Items;
  kept: ReadonlyMap<number, Item>;
  derivations: ReadonlyMap<number, Uint8Array | undefined>;
}

function* write(window: Window, plan: Plan, context: Context, source: Source): Walk {
  const { reader, all, kept, derivations, top } = source;
  const numbers = new Map([...kept.keys()].map((id, index) => [id, index + 1]));
  const properties = new PropertyReader(reader, plan, context);
  const used = new Set<number>();
  const shared = new Map<string, NewItem['data']>();
  const payloads: Filtered[] = [];
  const inline: Uint8Array[] = [];
  let mediaLength = 0;
  let inlineLength = 0;
  const items: NewItem[] = [];
  for (const item of kept.values()) {
    const own: NewItem['properties'] = [];
    let lengthSize = 0;
    for (const { index, isEssential } of item.properties) {
      const found = all.properties[index - 1];
      if (found === undefined)
        throw malformed('A picture has a property that is not there.', item.offset, 'meta', 'ipma');
      const property = properties.read(found, isEssential);
      if (property === undefined) continue;
      used.add(index);
      lengthSize = property.lengthSize ?? lengthSize;
      own.push({ box: property.box, isEssential });
    }
    const references = all.references
      .filter(({ from, type }) => from === item.id && ['dimg', 'auxl', 'prem'].includes(type))
      .map(({ type, to }) => ({ type, to: to.flatMap((id) => numbers.get(id) ?? []) }))
      .filter(({ to }) => to.length > 0);
    let data: NewItem['data'];
    if (derivedItems.includes(item.type)) {
      const bytes = derivations.get(item.id);
      if (bytes === undefined) throw malformed('What a picture is made of is damaged.', item.offset, 'meta', item.type);
      if (bytes.length > 0) data = { isInline: true, start: inlineLength, length: bytes.length };
      inline.push(bytes);
      inlineLength += bytes.length;
    } else {
      const extents = extentsOf(window, reader, item, all);
      const key = `${item.type} ${lengthSize} ${extents.spans.map(({ start, end }) => `${start}-${end}`).join()}`;
      data = shared.get(key);
      if (data === undefined) {
        const filtered = yield* filter(window, context, item, extents, lengthSize);
        if (filtered.length === 0) throw malformed('A picture is empty.', item.offset, 'meta', item.type);
        data = { isInline: false, start: mediaLength, length: filtered.length };
        payloads.push(filtered);
        mediaLength += filtered.length;
        shared.set(key, data);
        if (mediaLength > window.size * 2)
          throw limitExceeded('Pictures share more bytes than can be written apart.', item.offset, 'meta', 'iloc');
      }
    }
    items.push({ type: item.type, isHidden: item.isHidden, properties: own, references, data });
  }
  for (const [index, property] of all.properties.entries()) if (!used.has(index + 1)) properties.noteRemoved(property);
  const groups = all.groups
    .filter(
      ({ type, entities }) =>
        (type === 'altr' || type === 'ster') && entities.length > 1 && entities.every((id) => numbers.has(id)),
    )
    .map(({ type, entities }) => ({ type, entities: entities.flatMap((id) => numbers.get(id) ?? []) }));
  const primary = numbers.get(all.primary ?? 0) ?? 1;
  const newItems = { primary, items, groups, inlineData: concatAll(inline), handler: 'pict' };
  const has = { items: true, tracks: false, toneMap: items.some(({ type }) => type === 'tmap') };
  const { major, compatible } = canonicalFileType(top.fileType, has);
  const ftyp = writeBox(box('ftyp', latin1Bytes(major), u32(0), latin1Bytes(compatible.join(''))));
  const isLarge = needsLargeOffsets(mediaLength + window.size);
  const header = isLarge
    ? concatAll([u32(1), latin1Bytes('mdat'), u64(mediaLength + 16)])
    : concatAll([u32(mediaLength + 8), latin1Bytes('mdat')]);
  const meta = (start: number): NewBox => writeItems(newItems, start, isLarge);
  const mediaStart = ftyp.length + boxLength(meta(0)) + header.length;
  const isAvif = items.some(({ type }) => type === 'av01');
  const isHevc = items.some(({ type }) => type === 'hvc1');
  plan.mediaType = isAvif ? 'image/avif' : isHevc ? 'image/heic' : undefined;
  plan.extension = isAvif ? 'avif' : isHevc ? 'heic' : undefined;
  plan.insert(ftyp);
  plan.insert(writeBox(meta(mediaStart)));
  plan.insert(header);
  for (const payload of payloads) plan.append(payload.plan);
}

function* filter(window: Window, context: Context, item: Item, extents: Extents, lengthSize: number): Walk<Filtered> {
  const { type, offset } = item;
  const coding = codedItems.get(type);
  if (coding === 'av1') return yield* filterObus(window, extents, context, type);
  if ((coding === 'hevc' || coding === 'avc') && lengthSize > 0)
    return yield* filterNalUnits(window, extents, context, coding === 'hevc' ? hevcRules : avcRules, lengthSize, type);
  if (coding === 'jpeg' && extents.spans.length === 1) {
    const [span] = extents.spans;
    if (span !== undefined) {
      // Readers turn pictures of items by properties alone.
      const { plan, format } = yield* context.without('orientation', 'exifColor').nested(window, span.start, span.end);
      if (format.id === 'jpeg') {
        const moved = carryAll(new Extents([]), context);
        moved.plan.append(plan, span.start, type);
        return { ...moved, length: moved.plan.length };
      }
    }
  }
  throw unsupported(
    "A picture is coded in a way that can't be cleaned. Convert it and try again.",
    offset,
    'meta',
    type,
  );
}
