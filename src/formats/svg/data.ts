// Files in a document, as data in references: pictures are cleaned as files of their own, fonts are told by their signatures.
import { encodeBase64 } from '../../bytes/base64.ts';
import { fourCC } from '../../bytes/text.ts';
import type { Context } from '../../core/context.ts';
import { unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import { lengthOf, toBytes } from '../../core/write.ts';
import type { Part } from './output.ts';

/** Media types of fonts by their signatures (RFC 8081). */
const fonts: ReadonlyMap<string, string> = new Map([
  ['wOFF', 'font/woff'],
  ['wOF2', 'font/woff2'],
  ['OTTO', 'font/otf'],
  ['\0\x01\0\0', 'font/ttf'],
  ['true', 'font/ttf'],
  ['ttcf', 'font/collection'],
]);

/** Cleans a file in the document and makes its reference. */
export function* cleanData(part: Part & { kind: 'data' }, plan: Plan, context: Context): Walk {
  const { bytes, fragment, where } = part;
  const font = fonts.get(fourCC(bytes, 0));
  if (font !== undefined) {
    if (!context.keeps('fontNames')) {
      throw unsupported(
        "The picture brings a font along, whose names can't be left out here. Clean it without drop: ['fontNames'].",
        undefined,
        where,
      );
    }
    part.text = `data:${font};base64,${encodeBase64(bytes)}`;
    const note = 'A font stays as it is, with the names that it holds.';
    plan.found({ kind: 'embedded-file', where, action: 'kept', bytes: bytes.length, note });
    plan.residual.add('Names, notices and other parts of embedded fonts.');
    return;
  }
  const { format, plan: inner } = yield* context.nestedBytes(bytes);
  plan.adopt(inner, undefined, where);
  const type = inner.mediaType ?? format.mediaTypes[0];
  // It leads to a view of the file inside, whose names are others now.
  if (fragment !== '' && format.id === 'svg') {
    throw unsupported('The picture shows a part of another SVG picture inside.', undefined, where);
  }
  const pieces = inner.flat();
  part.text = `data:${type};base64,${encodeBase64(toBytes(pieces, lengthOf(pieces), bytes))}`;
}
