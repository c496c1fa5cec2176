import { areEqual } from '../../bytes/equal.ts';
import { startsWith } from '../../bytes/text.ts';
import { gunzip, gzip } from '../../containers/gzip.ts';
import { decodeXml } from '../../containers/xml/decode.ts';
import { parseXml } from '../../containers/xml/parse.ts';
import { isSvgHead } from '../../containers/xml/signature.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, unsupported } from '../../core/errors.ts';
import { HEAD_LENGTH } from '../../core/format.ts';
import type { Plan } from '../../core/plan.ts';
import type { Tool, Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { lengthOf, toBytes } from '../../core/write.ts';
import { Filter } from './filter.ts';
import type { Part } from './output.ts';
import { encodeBase64 } from './references.ts';

const saxes: Tool<typeof import('saxes')> = { name: 'saxes', load: () => import('saxes') };
const css: Tool<typeof import('@csstools/css-tokenizer')> = {
  name: 'css-tokenizer',
  load: () => import('@csstools/css-tokenizer'),
};

/** Signatures of fonts: WOFF, WOFF 2, OpenType, TrueType. */
const FONTS = ['wOFF', 'wOF2', 'OTTO', '\0\x01\0\0', 'true', 'ttcf'];

/** Reads an SVG document whole, unpacks it where it is gzipped, and writes what is drawn. */
export function* walkSvg(window: Window, plan: Plan, context: Context): Walk {
  const { size } = window;
  if (size > context.options.limits.bufferedBytes) {
    throw limitExceeded('The document is too long to be held in memory; raise limits.bufferedBytes to clean it.');
  }
  if (!window.has(0, size)) yield window.need(0, size, 'svg');
  const bytes = window.view(0, size);
  const isPacked = startsWith(bytes, '\x1f\x8b');
  const document = isPacked ? yield* gunzip(context, bytes) : bytes;
  if (isPacked && !isSvgHead(document.subarray(0, HEAD_LENGTH))) {
    throw unsupported(
      'The file is gzipped, and what is in it is no SVG picture. Unpack it and clean what is in it.',
      0,
      'gzip',
    );
  }
  const written = yield* cleanDocument(document, plan, context, !isPacked);
  const output = isPacked ? yield* gzip(context, written) : written;
  if (isPacked) plan.extension = 'svgz';
  if (areEqual(output, bytes)) plan.keep(0, size);
  else {
    plan.insert(output);
    const note = 'It is written anew.';
    plan.found({
      kind: 'structure',
      where: isPacked ? 'gzip' : 'document',
      action: 'rewritten',
      bytes: size,
      offset: 0,
      note,
    });
  }
  plan.residual.add('What the picture shows, its text included.');
  plan.residual.add(
    'How it is drawn: the order of attributes, the precision of numbers and the like, which tell editors apart.',
  );
}

function* cleanDocument(bytes: Uint8Array, plan: Plan, context: Context, isPlain: boolean): Walk<Uint8Array> {
  const { SaxesParser } = yield* context.use(saxes);
  const { tokenize } = yield* context.use(css);
  const { text, isRepaired } = decodeXml(bytes);
  if (isRepaired) {
    plan.found({
      kind: 'structure',
      where: 'text',
      action: 'rewritten',
      bytes: 0,
      note: 'Bytes that stand for no character were replaced.',
    });
  }
  const offsetOf = isPlain ? offsets(text, bytes.length) : () => undefined;
  let filter: Filter | undefined;
  parseXml(SaxesParser, text, offsetOf, (scope) => {
    filter = new Filter(scope, context, plan, offsetOf, tokenize);
    return filter;
  });
  if (filter === undefined) throw unsupported('The document is empty.');
  filter.finish();
  for (const part of filter.output.parts)
    if (typeof part !== 'string' && part.kind === 'data') yield* cleanData(part, plan, context);
  const clean = filter.output.finish((part, isKept) => noteName(part, isKept, plan));
  return new TextEncoder().encode(clean);
}

/** A picture in the document, cleaned as a file of its own; fonts stay as they are. */
function* cleanData(part: Part & { kind: 'data' }, plan: Plan, context: Context): Walk {
  const { bytes, where } = part;
  if (FONTS.some((signature) => startsWith(bytes, signature))) {
    part.text = `data:font/sfnt;base64,${encodeBase64(bytes)}`;
    const note = 'A font stays as it is, with the names that it holds.';
    plan.found({ kind: 'embedded-file', where, action: 'kept', bytes: bytes.length, note });
    plan.residual.add('Names and notices in embedded fonts.');
    return;
  }
  const { format, plan: inner } = yield* context.nestedBytes(bytes);
  plan.adopt(inner, undefined, where);
  const pieces = inner.flat();
  const type = inner.mediaType ?? format.mediaTypes[0];
  part.text = `data:${type};base64,${encodeBase64(toBytes(pieces, lengthOf(pieces), bytes))}`;
}

function noteName(part: Part, isKept: boolean, plan: Plan): void {
  if (part.kind !== 'id' && part.kind !== 'classes') return;
  const [where, text] = part.kind === 'id' ? [part.attribute, part.name] : ['class', part.names.join(' ')];
  plan.found({ kind: 'identifier', where, action: isKept ? 'rewritten' : 'removed', bytes: text.length });
}

/** Offsets in bytes of characters of UTF-8 text, asked for in ascending order most of the time. */
function offsets(text: string, size: number): (at: number) => number | undefined {
  const encoder = new TextEncoder();
  let lastAt = 0;
  let lastOffset = 0;
  return (at) => {
    if (at < lastAt) return undefined;
    lastOffset += encoder.encode(text.slice(lastAt, at)).length;
    lastAt = at;
    return Math.min(lastOffset, size);
  };
}
