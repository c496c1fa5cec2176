import { areEqual } from '../../bytes/equal.ts';
import { startsWith } from '../../bytes/text.ts';
import { gunzip, gzip } from '../../containers/gzip.ts';
import { GZIP_SIGNATURE } from '../../containers/gzip-signature.ts';
import { decodeXml } from '../../containers/xml/decode.ts';
import { parseXml } from '../../containers/xml/parse.ts';
import { saxes } from '../../containers/xml/saxes.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, unsupported } from '../../core/errors.ts';
import { Plan } from '../../core/plan.ts';
import type { Tool, Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { cleanData } from './data.ts';
import { Filter } from './filter.ts';
import { Notes } from './links.ts';
import type { Output } from './output.ts';
import { Variables } from './variables.ts';

const css: Tool<typeof import('@csstools/css-tokenizer')> = {
  name: 'css-tokenizer',
  load: () => import('@csstools/css-tokenizer'),
};

/** Reads an SVG document whole, unpacks it where it is gzipped, and writes what is drawn. */
export function* walkSvg(window: Window, plan: Plan, context: Context): Walk {
  const { size } = window;
  if (size > context.options.limits.bufferedBytes) {
    throw limitExceeded('The document is too long to be held in memory; raise limits.bufferedBytes to clean it.');
  }
  if (!window.has(0, size)) yield window.need(0, size, 'svg');
  const bytes = window.view(0, size);
  const isPacked = startsWith(bytes, GZIP_SIGNATURE);
  const document = isPacked ? yield* unpack(bytes, plan, context) : bytes;
  const written = yield* cleanDocument(document, plan, context, !isPacked);
  const output = isPacked ? yield* gzip(context, written) : written;
  if (isPacked) plan.extension = 'svgz';
  if (areEqual(output, bytes)) plan.keep(0, size);
  else {
    plan.insert(output);
    const where = isPacked ? 'gzip' : 'document';
    const note = 'It is written anew.';
    plan.found({ kind: 'structure', where, action: 'rewritten', bytes: size, offset: 0, note });
  }
  plan.residual.add(
    'What the picture shows, its text included, and what is drawn in it but hidden, covered or out of view.',
  );
  plan.residual.add(
    'How it is drawn: the order of attributes, the precision of numbers, names of fonts and the like, which tell editors apart.',
  );
}

function* unpack(bytes: Uint8Array, plan: Plan, context: Context): Walk<Uint8Array> {
  const { bytes: unpacked, end } = yield* gunzip(context, bytes);
  if (end < bytes.length) {
    plan.found({ kind: 'trailing-data', where: 'gzip', action: 'removed', bytes: bytes.length - end, offset: end });
  }
  if (unpacked.length > context.options.limits.bufferedBytes) {
    throw limitExceeded('The document is too long to be held in memory; raise limits.bufferedBytes to clean it.');
  }
  return unpacked;
}

function* cleanDocument(bytes: Uint8Array, plan: Plan, context: Context, isPlain: boolean): Walk<Uint8Array> {
  const { SaxesParser } = yield* context.use(saxes);
  const { tokenize } = yield* context.use(css);
  const { text, isRepaired, skipped } = decodeXml(bytes);
  if (isRepaired) {
    const note = 'Bytes that stand for no character were replaced.';
    plan.found({ kind: 'structure', where: 'text', action: 'rewritten', bytes: 0, note });
  }
  const filtered = (kept?: ReadonlySet<string>): Output => {
    const noted = new Plan(context.describes);
    const offsetOf = isPlain && skipped !== undefined ? offsets(text, skipped, bytes.length) : () => undefined;
    const notes = new Notes(context, noted, offsetOf);
    const variables = new Variables(kept);
    let filter: Filter | undefined;
    parseXml(SaxesParser, text, offsetOf, (scope) => {
      filter = new Filter(scope, notes, tokenize, variables);
      return filter;
    });
    if (filter === undefined) throw unsupported('The document is empty.');
    filter.finish();
    const used = kept === undefined ? variables.used() : undefined;
    if (used !== undefined) return filtered(used);
    plan.adopt(noted, 0);
    return filter.output;
  };
  const output = filtered();
  for (const part of output.parts) {
    if (typeof part !== 'string' && part.kind === 'data') yield* cleanData(part, plan, context);
  }
  const clean = output.finish((where, name, isKept) => {
    plan.found({ kind: 'identifier', where, action: isKept ? 'rewritten' : 'removed', bytes: name.length });
  });
  return new TextEncoder().encode(clean);
}

/** Offsets in bytes of characters of UTF-8 text, asked for in ascending order most of the time. */
function offsets(text: string, skipped: number, size: number): (at: number) => number | undefined {
  let lastAt = 0;
  let lastOffset = skipped;
  return (at) => {
    if (at < lastAt) return undefined;
    for (; lastAt < at; lastAt++) {
      const code = text.charCodeAt(lastAt);
      // Each half of a surrogate pair is counted as two of its four bytes.
      lastOffset += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
    }
    return Math.min(lastOffset, size);
  };
}
