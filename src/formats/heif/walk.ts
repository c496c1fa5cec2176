import { concatAll } from '../../bytes/concat.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import { BoxReader, box, readFileBox, u32, writeBox } from '../../containers/isobmff/box.ts';
import { writeMediaDataHeader } from '../../containers/isobmff/movie-boxes.ts';
import { type NewItems, needsLargeOffsets, writeItems } from '../../containers/isobmff/write-items.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed, unsupported } from '../../core/errors.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { canonicalFileType, type FileType } from './brands.ts';
import { noteTop } from './describe.ts';
import { Media } from './media.ts';
import { PropertyReader } from './properties.ts';
import { readSequence, type Sequence } from './sequence.ts';
import { readStills } from './stills.ts';
import { writeSequence } from './write-sequence.ts';

interface TopLevel {
  fileType: FileType;
  meta: BoxReader | undefined;
  movie: BoxReader | undefined;
  /** Where the first fragment of a movie stands. */
  fragment: number | undefined;
  media: Span[];
  end: number;
}

/** Walks a file of pictures. */
export function* walkHeif(window: Window, plan: Plan, context: Context): Walk {
  const top = yield* readTopLevel(window, plan, context);
  const media = new Media(window, context);
  const stills =
    top.meta === undefined
      ? undefined
      : yield* readStills(window, plan, context, top.meta, media, top.movie === undefined ? top.media : []);
  const sequence = yield* readMovie(window, plan, context, top, media);
  if (stills === undefined && sequence === undefined)
    throw malformed('The file does not say which pictures it holds (meta box).', top.end, 'meta');
  write(window, plan, { fileType: top.fileType, stills, sequence, media });
  plan.residual.add('What can be seen: faces, places, text.');
  plan.residual.add('Coded pictures, whose manner, tables and padding can tell encoders apart.');
  plan.residual.add(
    'Bytes behind the end of a slice, tile group or parameter set, within its unit: pictures are not decoded.',
  );
}

/** The image sequence, if there is one that is to be kept. */
function* readMovie(
  window: Window,
  plan: Plan,
  context: Context,
  { movie, fragment }: TopLevel,
  media: Media,
): Walk<Sequence | undefined> {
  if (movie === undefined) return undefined;
  const length = movie.bytes.length;
  const removed = {
    kind: 'embedded-file',
    where: 'moov',
    action: 'removed',
    bytes: length,
    offset: movie.fileStart,
  } as const;
  if (!context.keeps('animation')) {
    plan.found(removed);
    return undefined;
  }
  const properties = new PropertyReader(movie, plan, context);
  const sequence = yield* readSequence(window, plan, context, movie, properties, media);
  if (sequence === undefined) plan.found(removed);
  else if (fragment !== undefined)
    throw unsupported('The image sequence comes in fragments. Save it anew in one piece.', fragment, 'moof');
  return sequence;
}

function* readTopLevel(window: Window, plan: Plan, context: Context): Walk<TopLevel> {
  const top: TopLevel = {
    fileType: { major: '', compatible: [] },
    meta: undefined,
    movie: undefined,
    fragment: undefined,
    media: [],
    end: 0,
  };
  for (;;) {
    const found = yield* readFileBox(window, top.end);
    if (found === undefined) break;
    context.countStructures();
    const { type, start, bodyStart } = found;
    const end = Math.min(found.end, window.size);
    if (type === 'meta' || type === 'moov' || (type === 'ftyp' && start === 0)) {
      const length = found.end - start;
      if (length > context.options.limits.bufferedBytes)
        throw limitExceeded('A header is too large; raise limits.bufferedBytes to clean the file.', start, type);
      if (!window.has(start, length)) yield window.need(start, length, type);
      if (type === 'ftyp') {
        const words = (found.end - bodyStart) >> 2;
        const brands = Array.from({ length: Math.min(words, 100) }, (_, index) => window.fourCC(bodyStart + index * 4));
        top.fileType = { major: brands[0] ?? '', compatible: brands.slice(2) };
      } else {
        const part = type === 'meta' ? 'meta' : 'movie';
        if (top[part] !== undefined) throw malformed('The file says twice which pictures it holds.', start, type);
        top[part] = new BoxReader(window.view(start, found.end), start);
      }
    } else if (type === 'mdat') top.media.push({ start: bodyStart, end: Math.max(bodyStart, end) });
    else {
      if (type === 'moof') top.fragment ??= start;
      yield* noteTop(window, plan, type, start, bodyStart, end);
    }
    top.end = end;
  }
  if (top.end < window.size) {
    const bytes = window.size - top.end;
    plan.found({ kind: 'trailing-data', where: 'after the last box', action: 'removed', bytes, offset: top.end });
  }
  return top;
}

interface Parts {
  fileType: FileType;
  stills: NewItems | undefined;
  sequence: Sequence | undefined;
  media: Media;
}

function write(window: Window, plan: Plan, { fileType, stills, sequence, media }: Parts): void {
  const types = [
    ...(stills?.items ?? []).map(({ type }) => type),
    ...(sequence?.tracks ?? []).flatMap(({ description }) => description.entries.map(({ type }) => type)),
  ];
  const has = { items: stills !== undefined, tracks: sequence !== undefined, toneMap: types.includes('tmap') };
  const { major, compatible } = canonicalFileType(fileType, has);
  const ftyp = writeBox(box('ftyp', latin1Bytes(major), u32(0), latin1Bytes(compatible.join(''))));
  const isLarge = needsLargeOffsets(media.length + window.size * 2);
  const header = writeMediaDataHeader(media.length, isLarge);
  // Offsets are of one width, so that sizes do not depend on them.
  const boxesAt = (start: number): Uint8Array => {
    const meta = stills === undefined ? [] : [writeBox(writeItems(stills, start, isLarge))];
    const moov = sequence === undefined ? [] : [writeBox(writeSequence(sequence, start, isLarge))];
    return concatAll([...meta, ...moov]);
  };
  const isAvif = types.includes('av01');
  const isHevc = types.includes('hvc1') || types.includes('hev1');
  plan.mediaType = isAvif ? 'image/avif' : isHevc ? 'image/heic' : undefined;
  plan.extension = isAvif ? 'avif' : isHevc ? 'heic' : undefined;
  plan.insert(ftyp);
  plan.insert(boxesAt(ftyp.length + boxesAt(0).length + header.length));
  plan.insert(header);
  media.write(plan);
}
